package config

import (
	"fmt"
	"reflect"
	"strconv"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// Parse reads the file. Keys that it leaves out keep their [Default].
//
// It never fails: everything that is wrong is in the findings, with line and
// column, in order of position (HO101 for form, HO103 for a name that nothing
// has; HO907, HO910 and HO911 as for records). The Config is nil when there is
// nothing to read values from: not YAML, out of bounds, or of another format.
// Otherwise what is wrong was left at its default.
func Parse(data []byte) (*Config, []handoff.Finding) {
	root, findings := handoff.ParseTree(data)
	if root == nil {
		return nil, findings
	}
	d := &decoder{findings: findings, positions: make(map[string]position)}
	if !d.format(root) {
		return nil, d.findings
	}
	c := Default()
	d.value(root, reflect.ValueOf(c).Elem(), "")
	checker := checker{Config: c, decoder: d}
	checker.check()
	handoff.SortFindings(d.findings)
	return c, d.findings
}

// format reports whether the file is of the format that this program reads.
func (d *decoder) format(root *yaml.Node) bool {
	n := valueOf(root, "format")
	if n == nil {
		d.report(root, "format", "`format` is missing", "add the line `format: 1`")
		return false
	}
	version, err := strconv.Atoi(n.Value)
	switch {
	case err != nil || version < 1:
		d.report(n, "format", fmt.Sprintf("the format %q is not known", text.OneLine(n.Value)), "write `format: 1`")
	case version > Version:
		d.report(n, "format", fmt.Sprintf("format %d was written for a newer program; this one reads format %d", version, Version),
			"update handoff")
	}
	return version == Version
}

// valueOf returns the value of a key, or nil.
func valueOf(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}
