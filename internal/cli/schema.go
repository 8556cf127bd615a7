package cli

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/handoff-cli/handoff/schema"
	"github.com/spf13/cobra"
)

func newSchemaCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "schema [kind]",
		Short:   "Print the JSON Schema of records, or of one kind",
		Example: "  handoff schema handoff > handoff.schema.json",
		GroupID: groupSetup,
		Args:    maxArgs(1, "one kind"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				g.printer.line("%s", strings.TrimSuffix(string(schema.All()), "\n"))
				return nil
			}
			doc, ok := schema.Kind(args[0])
			if !ok {
				return workspace.Usagef("the kinds are "+strings.Join(kindNames(), ", "), "%q is not a kind of record", args[0])
			}
			g.printer.line("%s", strings.TrimSuffix(string(doc), "\n"))
			return nil
		},
	}
}

func kindNames() []string {
	names := make([]string, len(handoff.Kinds))
	for i, kind := range handoff.Kinds {
		names[i] = string(kind)
	}
	return names
}
