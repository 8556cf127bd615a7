package cli

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

// refuseForeign refuses a directory that holds something else than records in
// HEAD. What lies on other branches is not this one's.
func (ws *workspace) refuseForeign(ctx context.Context) error {
	if ws.head.Unborn {
		return nil
	}
	set, err := index.Load(ctx, ws.Repo, []git.Ref{{Name: ws.head.Ref, Hash: ws.head.Hash}}, ws.dir)
	if err != nil {
		return err
	}
	for _, p := range set.Problems {
		if p.Code == "HO903" && !p.Lost && p.Record == "" {
			return &hintedError{fmt.Errorf("%s: holds files that are not records, such as %s", ws.dir, p.Path),
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

// initFiles are the files that are not there yet.
func (ws *workspace) initFiles(ctx context.Context) ([]store.NewFile, error) {
	c, err := ws.initialConfig(ctx)
	if err != nil {
		return nil, err
	}
	all := []store.NewFile{
		{Path: path.Join(ws.dir, ".gitattributes"), Data: []byte(store.Attributes)},
		{Path: path.Join(ws.dir, "README.md"), Data: []byte(strings.ReplaceAll(directoryReadme, defaultDir, ws.dir))},
		{Path: ws.configFile(), Data: c},
	}
	if ws.head.Unborn {
		return all, nil
	}
	var missing []store.NewFile
	for _, f := range all {
		_, err := ws.ReadFile(ctx, ws.head.Hash, f.Path, handoff.MaxSize)
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
func (ws *workspace) initialConfig(ctx context.Context) ([]byte, error) {
	c := config.Default()
	idents, err := ws.Authors(ctx, ws.author.When.AddDate(0, 0, -90))
	if err != nil {
		return nil, err
	}
	authors := make([]config.Author, len(idents))
	for i, a := range idents {
		authors[i] = config.Author{Name: a.Name, Email: a.Email}
	}
	people, left := config.PeopleOf(authors)
	if len(people) > 1 {
		c.People = people
	}
	if left > 0 {
		ws.note("the roster has those who committed last; %s more did not fit", text.Count(left, "author"))
	}
	data, err := c.Format()
	if err != nil {
		return nil, err
	}
	if _, findings := config.Parse(data); len(findings) > 0 {
		return nil, &findingsError{what: "the configuration that git's authors make would not be used", findings: findings,
			hint: "git log --format='%an <%ae>' shows them; .mailmap corrects one"}
	}
	return data, nil
}
