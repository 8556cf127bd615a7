package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/index"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// refuseForeign refuses a directory that holds something else than records in
// HEAD. What lies on other branches is not this one's.
func refuseForeign(ctx context.Context, ws *workspace.Workspace) error {
	if ws.HEAD.Unborn {
		return nil
	}
	set, err := index.Load(ctx, ws.Repo, []git.Ref{{Name: ws.HEAD.Ref, Hash: ws.HEAD.Hash}}, ws.RecordDir)
	if err != nil {
		return err
	}
	for _, p := range set.Problems {
		if own := index.MistakenFor(strings.TrimPrefix(p.Path, ws.RecordDir+"/")); own != "" {
			return &workspace.HintedError{Err: fmt.Errorf("%s: %s", p.Path, p.Message),
				Hint: "git mv " + text.ShellArgument(p.Path) + " " + text.ShellArgument(path.Join(ws.RecordDir, own)) + ", and commit it"}
		}
		if p.Code == "HO903" && !p.Lost && p.Record == "" {
			return &workspace.HintedError{Err: fmt.Errorf("%s: holds files that are not records, such as %s", ws.RecordDir, p.Path),
				Hint: "choose another directory in every clone: git config handoff.dir NAME"}
		}
	}
	return nil
}

// initialConfig is the configuration of a team that has none, with the people who have
// committed lately. What names them comes from commits, in which anybody can write
// anything: it is read back as every command will. A roster of one would refuse every
// receiver, so there is none then.
func initialConfig(ctx context.Context, g *globals, ws *workspace.Workspace) (c *config.Config, known map[string]config.Person, err error) {
	authors, _, err := ws.Authors(ctx, ws.Author.When.AddDate(0, 0, -90), "")
	if err != nil {
		return nil, nil, err
	}
	known, left := config.PeopleOf(authors)
	if left > 0 {
		g.note("the roster has those who committed last; %s more did not fit", text.Count(left, "author"))
	}
	c = config.Default()
	if len(known) > 1 {
		c.People = known
	}
	data, err := c.Format()
	if err != nil {
		return nil, nil, err
	}
	if _, findings := config.Parse(data); len(findings) > 0 {
		return nil, nil, &workspace.FindingsError{What: "the configuration that git's authors make would not be used", Findings: findings,
			Hint: "git log --format='%an <%ae>' shows them; .mailmap corrects one"}
	}
	return c, known, nil
}

// setupNames are the files of the directory of records that a team begins with.
func setupNames(ws *workspace.Workspace) []string {
	names := []string{path.Join(ws.RecordDir, ".gitattributes"), ws.ConfigFile()}
	for _, f := range examples.Setup(examples.Team{}) {
		names = append(names, path.Join(ws.RecordDir, f.Path))
	}
	return names
}

// committed are those of the files that HEAD has.
func committed(ctx context.Context, ws *workspace.Workspace) (has []string, err error) {
	if ws.HEAD.Unborn {
		return nil, nil
	}
	for _, name := range setupNames(ws) {
		_, err := ws.ReadFile(ctx, ws.HEAD.Hash, name, handoff.MaxSize)
		switch {
		case err == nil:
			has = append(has, name)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return has, nil
}

// setupFiles are the files of the directory of records that are not there yet, with the
// configuration that is agreed on.
func setupFiles(ws *workspace.Workspace, agreed *config.Config, has []string) ([]store.NewFile, error) {
	data, err := agreed.Format()
	if err != nil {
		return nil, err
	}
	files := []store.NewFile{
		{Path: path.Join(ws.RecordDir, ".gitattributes"), Data: []byte(store.Attributes)},
		{Path: ws.ConfigFile(), Data: data},
	}
	for _, f := range examples.Setup(teamOf(ws, agreed)) {
		file := store.NewFile{Path: path.Join(ws.RecordDir, f.Path), Data: f.Data}
		if f.Path == examples.Refused {
			file.Data = append(file.Data, refusal(ws, agreed, file)...)
		}
		files = append(files, file)
	}
	return slices.DeleteFunc(files, func(f store.NewFile) bool { return slices.Contains(has, f.Path) }), nil
}

// teamOf is what the examples say of a team: its people, where it names any.
func teamOf(ws *workspace.Workspace, agreed *config.Config) examples.Team {
	team := examples.Team{Dir: ws.RecordDir, Me: meIn(ws, agreed)}
	if agreed.Store.Branch != config.BranchCurrent {
		team.Branch = agreed.Store.Branch
	}
	for _, handle := range append(agreed.Handles(), "ana", "ben") {
		if handle != team.Me {
			team.Other = handle
			break
		}
	}
	return team
}

// meIn is the handle that the user has in a configuration.
func meIn(ws *workspace.Workspace, agreed *config.Config) string {
	if handle, ok := agreed.Handle(ws.MappedAuthor.Name, ws.MappedAuthor.Email); ok && ws.As == "" {
		return handle
	}
	return ws.Me
}

// refusal is what declare says of the example that is refused, as the end of that
// file: the lines before it keep their numbers.
func refusal(ws *workspace.Workspace, agreed *config.Config, file store.NewFile) []byte {
	defer func(me string, before *config.Config) { ws.Me, ws.TeamConfig = me, before }(ws.Me, ws.TeamConfig)
	ws.Me, ws.TeamConfig = meIn(ws, agreed), agreed
	var said bytes.Buffer
	findings := ws.CheckDraft(readDraft(file.Data, file.Path, ws.Reading()), nil)
	printFindings(&said, slices.DeleteFunc(findings, func(f handoff.Finding) bool { return strings.HasPrefix(f.Code, "HO5") })) // what is of the hour
	var end bytes.Buffer
	end.WriteString("\n# What is wrong with it, and what to write instead:\n")
	for line := range strings.Lines(said.String()) {
		end.WriteString("# " + line)
	}
	return end.Bytes()
}
