package prophet

func checkCountry(string) error { return nil }

func countryEvents(string, []int) []event { return nil }
