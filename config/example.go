package config

import _ "embed"

//go:embed example.yaml
var example []byte

// Example is the commented configuration quadra init writes. It is valid as it
// is and shows every default.
func Example() []byte { return append([]byte(nil), example...) }
