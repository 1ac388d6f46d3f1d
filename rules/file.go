package rules

import (
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
)

// The shapes of the ruleset file.
type (
	rulesetFile struct {
		ID       scalar        `yaml:"id"`
		Version  scalar        `yaml:"version"`
		Extends  scalar        `yaml:"extends"`
		Statuses statusesFile  `yaml:"statuses"`
		Labels   []ruleFile    `yaml:"labels"`
		Examples []exampleFile `yaml:"examples"`
	}

	statusesFile struct {
		Payment    []ruleFile `yaml:"payment"`
		Settlement []ruleFile `yaml:"settlement"`
		Movement   []ruleFile `yaml:"movement"`
	}

	// ruleFile is a status (which has a severity, and its unit from the list it
	// stands in) or a label (which has a unit). Before and After are the place of
	// a status among those of the ruleset a file extends.
	ruleFile struct {
		Code     scalar   `yaml:"code"`
		Before   scalar   `yaml:"before"`
		After    scalar   `yaml:"after"`
		Unit     scalar   `yaml:"unit"`
		Sign     scalar   `yaml:"sign"`
		Severity scalar   `yaml:"severity"`
		It       textFile `yaml:"it"`
		En       textFile `yaml:"en"`
		When     scalar   `yaml:"when"`
		layer    int      // that brought it: 0 the lowest
	}

	textFile struct {
		Name scalar `yaml:"name"`
		Why  scalar `yaml:"why"`
	}

	exampleFile struct {
		Name   scalar    `yaml:"name"`
		Unit   scalar    `yaml:"unit"`
		Facts  factsFile `yaml:"facts"`
		Status scalar    `yaml:"status"`
		Labels []scalar  `yaml:"labels"`
		layer  int
	}
)

// scalar is one value as written, whatever its YAML type, and where; the line
// is zero when the key is absent.
type scalar struct {
	text string
	file string
	line int
}

// fileName is the key under which decoding knows the name of the file.
type fileName struct{}

// UnmarshalYAML keeps the text and the place of a single value.
func (s *scalar) UnmarshalYAML(ctx context.Context, node ast.Node) error {
	s.file, _ = ctx.Value(fileName{}).(string)
	s.line = node.GetToken().Position.Line
	switch n := node.(type) {
	case *ast.StringNode:
		s.text = n.Value
	case *ast.NullNode:
	case *ast.LiteralNode:
		s.text = n.Value.Value
	case ast.ScalarNode:
		s.text = n.GetToken().Value
	default:
		return atToken("qui serve un solo valore, senza elenchi né sottochiavi", node)
	}
	return nil
}

// factsFile is the facts of an example, read once its unit is known.
type factsFile struct{ node ast.Node }

// UnmarshalYAML keeps the node.
func (f *factsFile) UnmarshalYAML(node ast.Node) error {
	f.node = node
	return nil
}

// factsOf reads the facts of an example into the struct of its unit.
func factsOf[F interface {
	pack() key
	Impossible() string
}](node ast.Node) (k key, impossible string, err error) {
	var f F
	if node != nil {
		if err := yaml.NodeToValue(node, &f, yaml.Strict()); err != nil {
			return 0, "", err
		}
	}
	return f.pack(), f.Impossible(), nil
}

func atToken(message string, node ast.Node) error {
	return &yaml.SyntaxError{Message: message, Token: node.GetToken()}
}

// decode reads the file, or says where it first departs from its shape.
func decode(name string, src []byte, into *rulesetFile) (line int, bad *wrong) {
	decoder := yaml.NewDecoder(bytes.NewReader(src), yaml.Strict())
	err := decoder.DecodeContext(context.WithValue(context.Background(), fileName{}, name), into)
	if errors.Is(err, io.EOF) {
		return 1, &wrong{"il file è vuoto", "partire da quello di quadra rules show"}
	}
	if err != nil {
		return explain(err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return 1, &wrong{"il file contiene più documenti YAML", "lasciarne uno solo, senza righe ---"}
	}
	return 0, nil
}

// explain turns a YAML error into its line and what to tell a person.
func explain(err error) (line int, bad *wrong) {
	line, what := 1, err.Error()
	var at yaml.Error
	if errors.As(err, &at) {
		what = at.GetMessage() // without its excerpt, which takes several lines
		if t := at.GetToken(); t != nil {
			line = max(t.Position.Line, 1)
		}
	}
	var unknown *yaml.UnknownFieldError
	if errors.As(err, &unknown) {
		return line, &wrong{"chiave sconosciuta (" + what + ")", "toglierla o correggerla"}
	}
	return line, &wrong{"YAML non valido (" + what + ")", "correggere rientri, virgolette, chiavi e valori"}
}
