package cli

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// keyText is what the help says of one key.
type keyText struct{ name, typ, preset, example string }

var keyLine = regexp.MustCompile(`(?m)^  (\S+)  (.+?)(?:, (?:default|always) (.+))?:\n((?: {6}.*\n)+)`)

// keyTexts reads the help of the configuration.
func keyTexts(t *testing.T) []keyText {
	t.Helper()
	var keys []keyText
	for _, m := range keyLine.FindAllStringSubmatch(keysHelp, -1) {
		text := strings.Join(strings.Fields(m[4]), " ")
		example := text
		if at := strings.LastIndex(text, "as in "); at >= 0 {
			example = text[at+len("as in "):]
		}
		keys = append(keys, keyText{m[1], m[2], m[3], example})
	}
	return keys
}

// knownKeys lists the keys that the parser knows below a type, as the help names them.
func knownKeys(t reflect.Type, name string) []string {
	if t.Implements(reflect.TypeFor[interface{ MarshalText() ([]byte, error) }]()) {
		return []string{name}
	}
	switch t.Kind() {
	case reflect.Struct:
		var keys []string
		for i := range t.NumField() {
			key, option, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
			if option == "inline" {
				keys = append(keys, strings.TrimPrefix(name+".NAME", "."))
				continue
			}
			keys = append(keys, knownKeys(t.Field(i).Type, strings.TrimPrefix(name+"."+key, "."))...)
		}
		return keys
	case reflect.Map:
		return knownKeys(t.Elem(), name+".NAME")
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			return knownKeys(t.Elem(), name+"[]")
		}
	}
	return []string{name}
}

var ownName = regexp.MustCompile(`\b[A-Z]{2,}\b`)

// The help shows every key that the parser knows, and none besides.
func TestConfigKeysAreThoseOfTheParser(t *testing.T) {
	var shown []string
	for _, key := range keyTexts(t) {
		shown = append(shown, ownName.ReplaceAllString(key.name, "NAME"))
	}
	known := knownKeys(reflect.TypeFor[config.Config](), "")
	for i, key := range known {
		known[i] = ownName.ReplaceAllString(key, "NAME")
	}
	slices.Sort(shown)
	slices.Sort(known)
	if !slices.Equal(shown, known) {
		t.Errorf("the help shows\n%q\nand the parser knows\n%q", shown, known)
	}
}

// The example of each key is accepted in its place, and its default is what a
// configuration has that does not mention it.
func TestConfigKeysAreAccepted(t *testing.T) {
	names := map[string]string{
		"WHO": "ana", "TEAM": "payments", "POD": "refunds", "ZONE": "amer", "AREA": "critical",
		"CLASS": "policy", "CODE": "HO204", "ACT": "gap", "TYPE": "doc",
	}
	empty, findings := config.Parse([]byte("format: 1\n"))
	if len(findings) > 0 {
		t.Fatal(findings)
	}
	for _, key := range keyTexts(t) {
		path := ownName.ReplaceAllStringFunc(key.name, func(word string) string {
			if names[word] == "" {
				t.Errorf("%s: what is %s?", key.name, word)
			}
			return names[word]
		})
		file, value := parsed(t, exampleConfig()), parsed(t, key.example)
		*nodeAt(file, path) = *value
		data, err := yaml.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		c, findings := config.Parse(data)
		if c == nil || len(findings) > 0 {
			t.Errorf("%s: %s: %+v", key.name, key.example, findings)
			continue
		}
		got, want := valuesAt(t, c, path), values(value)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q was read as %q", key.name, want, got)
		}
		preset := valuesAt(t, empty, path)
		if slices.Equal(preset, got) && key.name != "format" {
			t.Errorf("%s: the example is the default", key.name)
		}
		if shown := presetOf(t, key, path); !slices.Equal(preset, shown) {
			t.Errorf("%s: the default is %q, and the help says %q", key.name, preset, shown)
		}
	}
}

// presetOf is the default of a key that the help shows, as the parser reads it.
func presetOf(t *testing.T, key keyText, path string) []string {
	t.Helper()
	switch {
	case key.name == "format":
		return []string{key.example}
	case key.preset == "" || strings.Contains(key.preset, " "): // none, or one that depends on other keys
		return nil
	case key.name == "interfaces[].on_missing": // that of an entry, and there are none
		return nil
	}
	file := parsed(t, "format: 1")
	*nodeAt(file, path) = *parsed(t, key.preset)
	data, err := yaml.Marshal(file)
	if err != nil {
		t.Fatal(err)
	}
	c, findings := config.Parse(data)
	if c == nil || len(findings) > 0 {
		t.Fatalf("%s: the default %s: %+v", key.name, key.preset, findings)
	}
	return valuesAt(t, c, path)
}

// exampleConfig is the configuration in the help.
func exampleConfig() string {
	var example strings.Builder
	for line := range strings.Lines(configHelp) {
		if text, ok := strings.CutPrefix(line, "  "); ok {
			example.WriteString(text)
		}
	}
	return example.String()
}

// parsed is a text of YAML without its document.
func parsed(t *testing.T, text string) *yaml.Node {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil || len(doc.Content) == 0 {
		t.Fatalf("%q: %v", text, err)
	}
	return doc.Content[0]
}

// nodeAt is the value at a path, which is made where it is not there; [] is the first
// entry of a list.
func nodeAt(at *yaml.Node, path string) *yaml.Node {
	for name := range strings.SplitSeq(path, ".") {
		name, inList := strings.CutSuffix(name, "[]")
		if at.Kind == 0 {
			at.Kind = yaml.MappingNode
		}
		i := 0
		for i < len(at.Content) && at.Content[i].Value != name {
			i += 2
		}
		if i >= len(at.Content) {
			at.Content = append(at.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, &yaml.Node{})
		}
		if at = at.Content[i+1]; inList {
			if len(at.Content) == 0 {
				at.Kind, at.Content = yaml.SequenceNode, []*yaml.Node{{}}
			}
			at = at.Content[0]
		}
	}
	return at
}

// valuesAt are the values that a configuration has at a path.
func valuesAt(t *testing.T, c *config.Config, path string) []string {
	t.Helper()
	data, err := yaml.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return values(nodeAt(parsed(t, string(data)), path))
}

// values are the scalars of a value or a list.
func values(n *yaml.Node) []string {
	var list []string
	if n.Kind == yaml.ScalarNode {
		list = append(list, n.Value)
	}
	for _, child := range n.Content {
		list = append(list, values(child)...)
	}
	return list
}
