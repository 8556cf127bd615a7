package cli

import (
	"runtime"
	"runtime/debug"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/spf13/cobra"
)

// version is set by the release build.
var version string

func newVersionCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of the program and of the record format",
		Example: "  handoff version --json",
		GroupID: groupSetup,
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			doc := versionDocument{Version: programVersion(), Go: runtime.Version(), Records: handoff.Schema}
			return g.printer.print(doc, func() {
				g.printer.line("handoff %s (records %s, %s %s/%s)", doc.Version, doc.Records, doc.Go, runtime.GOOS, runtime.GOARCH)
			})
		},
	}
}

type versionDocument struct {
	Version string `json:"version"`
	Records string `json:"record_schema"`
	Go      string `json:"go"`
}

// programVersion is the released version, else what the Go toolchain knows of
// the build, else "devel".
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}
