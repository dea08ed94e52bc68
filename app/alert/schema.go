package alert

import _ "embed"

// Schema is the JSON schema of rules files, for editors that check while one types.
//
//go:embed schema.json
var Schema []byte
