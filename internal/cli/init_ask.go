package cli

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// ask asks what the flags do not say, and shows what will come of it. Before somebody
// has said yes to that, nothing is written.
func (s *setup) ask(ctx context.Context) error {
	f, err := s.form(ctx)
	if err != nil {
		return err
	}
	take := func() {
		s.o.people, s.o.teams, s.o.hook, s.o.ci, s.o.branch = f.People, f.Teams, f.Hook, f.CI, f.Branch
	}
	var failed error
	f.Preview = func() (string, []string) {
		take()
		if failed = s.settle(); failed != nil || s.o.dryRun {
			return "", nil
		}
		return s.preview()
	}
	if _, body := f.Preview(); len(f.Asked) == 0 && body == nil {
		return failed // there is nothing to ask
	}
	err = s.g.ask(func(asker form.Asker) error { return f.Ask(ctx, asker) })
	take()
	return errors.Join(err, failed)
}

// form is what is asked. What is settled already, by a flag or by what is there, is not.
func (s *setup) form(ctx context.Context) (*form.Setup, error) {
	f := &form.Setup{
		People: s.o.people, Teams: s.o.teams, Hook: s.o.hook, CI: s.o.ci, Branch: s.o.branch, CIServices: examples.CIServices,
		PersonForm: "handle; time zone; hours; email address, as in ben; Europe/London; 09:00-17:30; ben@example.com",
		TeamForm:   "name; lead; members, as in payments; ben; ana, ben",
	}
	f.Check = func(question string) error {
		typed := config.Typed{People: f.People, Teams: f.Teams, Branch: f.Branch}
		switch question {
		case form.SetupPeople:
			typed.Teams, typed.Branch = nil, ""
		case form.SetupTeams:
			typed.Branch = ""
		}
		_, err := s.base.With(typed, s.known)
		return err
	}
	agrees := !s.ws.HasConfig && s.example == nil // what an example says is not asked
	if agrees && f.People == nil {
		f.Asked = append(f.Asked, form.SetupPeople)
		f.People, f.Known = s.knownLines()
	}
	if agrees && f.Teams == nil {
		f.Asked = append(f.Asked, form.SetupTeams)
	}
	if !s.o.hookSaid {
		hook, err := findHook(ctx, s.g)
		if err != nil {
			return nil, err
		}
		if !hook.script.Installed && !hook.config {
			f.Asked, f.Hook = append(f.Asked, form.SetupHook), true
		}
	}
	if f.CI == "" && s.ws.Worktree() != "" && !hasCI(s.ws) {
		f.Asked, f.CI = append(f.Asked, form.SetupCI), likelyService(s.ws)
	}
	if agrees && f.Branch == "" {
		f.Asked, f.Branch = append(f.Asked, form.SetupBranch), config.BranchCurrent
	}
	return f, nil
}

// knownLines are the people whom git knows, as they would be typed, with the user's own
// time zone. One alone is no roster, and only named.
func (s *setup) knownLines() (lines, facts []string) {
	handles := slices.Sorted(maps.Keys(s.known))
	names := make([]string, len(handles))
	me := meIn(s.ws, &config.Config{People: s.known})
	for i, handle := range handles {
		names[i] = handle
		if name := s.known[handle].Name; name != "" {
			names[i] += " (" + name + ")"
		}
		line, zone := handle, new(config.Location)
		if handle == me && zone.UnmarshalText([]byte(s.ws.Location().String())) == nil {
			line += "; " + zone.String()
		}
		lines = append(lines, line)
	}
	if len(handles) > 0 {
		facts = []string{"git knows " + strings.Join(names, ", ")}
	}
	if len(handles) < 2 {
		lines = []string{}
	}
	return lines, facts
}

// hasCI reports whether the check of pull requests is there, for any service.
func hasCI(ws *workspace.Workspace) bool {
	return slices.ContainsFunc(examples.CIServices, func(service string) bool {
		return exists(filepath.Join(ws.Worktree(), filepath.FromSlash(examples.CI(service, examples.Version, "")[0].Path)))
	})
}

// likelyService is the service that the remote or the work tree speaks of, else none.
func likelyService(ws *workspace.Workspace) string {
	remote := ""
	if up, ok, err := ws.Upstream(); err == nil && ok {
		urls, err := ws.Config("remote." + up.Remote + ".url")
		if err == nil {
			remote = strings.Join(urls, " ")
		}
	}
	for _, sign := range []struct{ service, host, place string }{
		{"github", "github", ".github"}, {"gitlab", "gitlab", ".gitlab-ci.yml"}, {"gitea", "gitea", ".gitea"}, {"gitea", "codeberg.org", ".forgejo"},
	} {
		if strings.Contains(remote, sign.host) || exists(filepath.Join(ws.Worktree(), sign.place)) {
			return sign.service
		}
	}
	return form.NoCI
}

// preview is what is about to be done, nil for nothing.
func (s *setup) preview() (title string, body []string) {
	title = "Go on with this?"
	if len(s.files) > 0 {
		title = "Commit this to " + workspace.ShortRef(s.ws.HEAD.Ref) + "?"
	}
	var config []string
	for _, f := range s.files {
		body = append(body, "create "+f.Path)
		if f.Path == s.ws.ConfigFile() {
			config = configLines(f.Data)
		}
	}
	files, _ := s.aroundFiles() // which were looked at before
	for _, f := range files {
		body = append(body, "write "+f.Path+", for you to review and commit")
	}
	if s.o.hook {
		body = append(body, "set up the reminder before a push, in this clone")
	}
	if len(config) > 0 {
		body = append(append(body, "", s.ws.ConfigFile()+" says, beside comments:"), config...)
	}
	return title, body
}

// configLines are the lines of a configuration that say something.
func configLines(data []byte) (lines []string) {
	for line := range strings.Lines(string(data)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && !strings.HasPrefix(line, "#") {
			lines = append(lines, "    "+line)
		}
	}
	return lines
}
