package text

import "testing"

func TestMistakenFor(t *testing.T) {
	tests := []struct {
		file, own string
		want      bool
	}{
		{".handoffs", ".handoffs", false},
		{".handoffs/config.yaml", ".handoffs", false},
		{".handoffs2/config.yaml", ".handoffs", false},
		{"handoffs/config.yaml", ".handoffs", false},
		{"src/.HANDOFFS", ".handoffs", false},

		{".HANDOFFS", ".handoffs", true},
		{".Handoffs/config.yaml", ".handoffs", true},
		{".handoff\u017f/x", ".handoffs", true}, // a long s, which is an s without case
		{".hand\u200coffs/x", ".handoffs", true},
		{"\ufeff.handoffs", ".handoffs", true},
		{".handoffs. ./x", ".handoffs", true},
		{".handoffs::$INDEX_ALLOCATION/x", ".handoffs", true},
		{`.handoffs\config.yaml`, ".handoffs", true},
		{"HANDOF~1/config.yaml", ".handoffs", true},
		{"handof~2", ".handoffs", true},
		{"handof~0", ".handoffs", false},
		{"handof~", ".handoffs", false},

		{"docs/Team", "docs/team", true},
		{"DOCS/team/x", "docs/team", true},
		{"docs", "docs/team", false},
		{"docs/other", "docs/team", false},

		{"Config.yaml", "config.yaml", true},
		{"CONFIG~1.YAM", "config.yaml", true},
		{"CONFIG~1.TXT", "config.yaml", false},
		{"config.yaml.bak", "config.yaml", false},
		{"GITATT~1", ".gitattributes", true},
		{"ReadMe.md", "README.md", true},
		{"Templates/day.yaml", "templates", true},
	}
	for _, test := range tests {
		if got := MistakenFor(test.file, test.own); got != test.want {
			t.Errorf("MistakenFor(%q, %q) = %v", test.file, test.own, got)
		}
	}
}
