package kctest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// cacheDir is where scripts/keycloak.sh puts Keycloak.
func cacheDir() (string, error) {
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "aiops-test"), err
}

func home() (string, error) {
	dir := os.Getenv("AIOPS_TEST_KEYCLOAK")
	if dir == "" {
		cache, err := cacheDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(cache, "keycloak-"+Version)
	}
	if _, err := os.Stat(filepath.Join(dir, "lib", "quarkus-run.jar")); err != nil {
		return "", errors.New("no Keycloak for the tests: run scripts/keycloak.sh, or name its folder in AIOPS_TEST_KEYCLOAK")
	}
	if _, err := exec.LookPath("java"); err != nil {
		return "", errors.New("no Keycloak for the tests: it needs Java 17 or newer")
	}
	return dir, nil
}

// realmFile is the project's own realm: what is tested is what is deployed.
func realmFile() (string, error) {
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		return "", errors.New("the project's folder is not known")
	}
	return filepath.Join(filepath.Dir(here), "..", "..", "..", "deploy", "keycloak", "realm-export.json"), nil
}

// warmData is a database with the realm in it, kept for the next time: a start on it takes a third of the time.
func warmData(home, realm string) (string, error) {
	text, err := os.ReadFile(realm)
	if err != nil {
		return "", err
	}
	cache, err := cacheDir()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	kept := filepath.Join(cache, "keycloak-data-"+Version+"-"+hex.EncodeToString(sum[:4]))
	if _, err := os.Stat(kept); err == nil {
		return kept, nil
	}
	s, err := prepare(home, realm)
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(s.dir)
	if err := s.Start(); err != nil {
		return "", errors.Join(err, s.end())
	}
	if err := s.end(); err != nil {
		return "", err
	}
	part, err := os.MkdirTemp(cache, "part.")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(part)
	if err := copyTree(filepath.Join(s.dir, "data"), filepath.Join(part, "data")); err != nil {
		return "", err
	}
	if err := os.Rename(filepath.Join(part, "data"), kept); err != nil {
		if _, there := os.Stat(kept); there != nil { // else another program was faster
			return "", err
		}
	}
	return kept, nil
}

// copyTree copies what is in one folder into another.
func copyTree(from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-R", from+"/.", to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, out)
	}
	return nil
}
