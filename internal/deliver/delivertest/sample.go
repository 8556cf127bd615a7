package delivertest

import (
	"fmt"

	"github.com/getkin/kin-openapi/openapi3"
)

// Sample is a value of a schema of the description that has what the schema requires, and
// no more, with fields in the place of those that it has. It is for answers that say a lot
// beside what matters.
func (c Contract) Sample(schema string, fields map[string]any) (map[string]any, error) {
	ref := c.doc.Components.Schemas[schema]
	if ref == nil {
		return nil, fmt.Errorf("%s: no schema of the description", schema)
	}
	value, ok := sample(ref.Value).(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%s: no object", schema)
	}
	for name, field := range fields {
		value[name] = field
	}
	return value, nil
}

func sample(s *openapi3.Schema) any {
	switch {
	case s.Nullable:
		return nil
	case len(s.Enum) > 0:
		return s.Enum[0]
	case len(s.AllOf) > 0:
		return sample(s.AllOf[0].Value)
	case len(s.AnyOf) > 0:
		return sample(s.AnyOf[0].Value)
	case len(s.OneOf) > 0:
		return sample(s.OneOf[0].Value)
	case s.Type.Is("array"):
		return []any{}
	case s.Type.Is("boolean"):
		return false
	case s.Type.Is("integer"), s.Type.Is("number"):
		return 0
	case s.Type.Is("string") && s.Format == "date-time":
		return "2026-11-20T10:00:00Z"
	case s.Type.Is("string"):
		return "https://example.com/x"
	}
	object := make(map[string]any)
	for _, name := range s.Required {
		object[name] = sample(s.Properties[name].Value)
	}
	return object
}
