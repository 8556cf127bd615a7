package workspace

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
)

// RefuseForeign refuses a directory that holds something else than records in
// HEAD. What lies on other branches is not this one's.
func (ws *Workspace) RefuseForeign(ctx context.Context) error {
	if ws.HEAD.Unborn {
		return nil
	}
	set, err := index.Load(ctx, ws.Repo, []git.Ref{{Name: ws.HEAD.Ref, Hash: ws.HEAD.Hash}}, ws.RecordDir)
	if err != nil {
		return err
	}
	for _, p := range set.Problems {
		if p.Code == "HO903" && !p.Lost && p.Record == "" {
			return &HintedError{fmt.Errorf("%s: holds files that are not records, such as %s", ws.RecordDir, p.Path),
				"choose another directory in every clone: git config handoff.dir NAME"}
		}
	}
	return nil
}

const directoryReadme = `# Handoffs

Each file below a year is one record that the ` + "`handoff`" + ` program wrote: what an
engineer left for the next, who took it over, what was decided and why. Records
are added, never edited. ` + "`config.yaml`" + ` and ` + "`templates/`" + ` are for people to edit.

    handoff inbox                    what waits for me
    handoff show REF                 one of them with its story
    handoff query what is blocked    an answer from the records
    handoff help                     everything else

Without the program: ` + "`git log -- .handoffs`" + ` and a text editor.
`

// InitFiles are the files that are not there yet.
func (ws *Workspace) InitFiles(ctx context.Context) ([]store.NewFile, error) {
	c, err := ws.initialConfig(ctx)
	if err != nil {
		return nil, err
	}
	all := []store.NewFile{
		{Path: path.Join(ws.RecordDir, ".gitattributes"), Data: []byte(store.Attributes)},
		{Path: path.Join(ws.RecordDir, "README.md"), Data: []byte(strings.ReplaceAll(directoryReadme, DefaultDir, ws.RecordDir))},
		{Path: ws.ConfigFile(), Data: c},
	}
	if ws.HEAD.Unborn {
		return all, nil
	}
	var missing []store.NewFile
	for _, f := range all {
		_, err := ws.ReadFile(ctx, ws.HEAD.Hash, f.Path, handoff.MaxSize)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, f)
		case err != nil:
			return nil, err
		}
	}
	return missing, nil
}

// initialConfig is the configuration with the people that git knows. A roster of
// one would refuse every receiver, so there is none then. What it holds comes from
// commits, in which anybody can write anything: it is read back as every command
// will, before it is committed.
func (ws *Workspace) initialConfig(ctx context.Context) ([]byte, error) {
	c := config.Default()
	authors, _, err := ws.authors(ctx, ws.Author.When.AddDate(0, 0, -90))
	if err != nil {
		return nil, err
	}
	people, left := config.PeopleOf(authors)
	if len(people) > 1 {
		c.People = people
	}
	if left > 0 {
		ws.Note("the roster has those who committed last; %s more did not fit", text.Count(left, "author"))
	}
	data, err := c.Format()
	if err != nil {
		return nil, err
	}
	if _, findings := config.Parse(data); len(findings) > 0 {
		return nil, &FindingsError{What: "the configuration that git's authors make would not be used", Findings: findings,
			Hint: "git log --format='%an <%ae>' shows them; .mailmap corrects one"}
	}
	return data, nil
}
