package guard

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// Report is the outcome of a check, for the writers of this package. They make
// all text in it safe for the log of a CI job.
type Report struct {
	Findings []handoff.Finding
	Summary  string // one line: what was checked, what came of it
	Dir      string // the records' directory, where findings without a file are shown
	Version  string // of the program

	// LinkNames makes links of what a text names, as [config.Config.LinkNames] does;
	// nil stands for no links.
	LinkNames func(s string, plain func(string) string, link func(name, link string) string) string
}

// Format is how findings are written.
type Format string

// The formats that [Report.Write] knows.
const (
	FormatGitHub Format = "github" // workflow commands, also of Gitea and Forgejo
	FormatGitLab Format = "gitlab" // a code quality report
	FormatSARIF  Format = "sarif"
	FormatJUnit  Format = "junit"
)

// Write writes the report in one of the formats of this package, and false for
// any other.
func (r Report) Write(w io.Writer, f Format) (bool, error) {
	switch f {
	case FormatGitHub:
		return true, r.writeGitHub(w)
	case FormatGitLab:
		return true, r.writeGitLab(w)
	case FormatSARIF:
		return true, r.writeSARIF(w)
	case FormatJUnit:
		return true, r.writeJUnit(w)
	}
	return false, nil
}

// message is what a finding says, with the way out.
func message(f handoff.Finding) string {
	if f.Fix == "" {
		return inLog(f.Message)
	}
	return inLog(f.Message + "; " + f.Fix)
}

// Escapes of workflow commands, as actions/toolkit has them.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// writeGitHub writes one annotation for each finding.
func (r Report) writeGitHub(w io.Writer) error {
	for _, f := range r.Findings {
		properties := []string{"title=" + escapeProperty.Replace(inLog("handoff "+f.Code))}
		if f.Path != "" {
			properties = append(properties, "file="+escapeProperty.Replace(inLog(f.Path)))
		}
		if f.Line > 0 {
			properties = append(properties, "line="+strconv.Itoa(f.Line), "col="+strconv.Itoa(max(f.Col, 1)))
		}
		command := "warning"
		if f.Level == handoff.LevelError {
			command = "error"
		}
		if _, err := fmt.Fprintf(w, "::%s %s::%s\n", command, strings.Join(properties, ","), escapeData.Replace(message(f))); err != nil {
			return err
		}
	}
	return nil
}

// escapeMarkdown makes text stand for itself in a table of Markdown: no markup,
// no HTML, no mention of a person, no link.
var escapeMarkdown = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", "@", "&#64;", "|", "&#124;", "`", "&#96;",
	"*", "&#42;", "_", "&#95;", "[", "&#91;", "]", "&#93;", "~", "&#126;", `\`, "&#92;", "://", "&#58;//", "#", "&#35;", "!", "&#33;",
)

// WriteStepSummary writes the report as Markdown for the page of a job.
func (r Report) WriteStepSummary(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "### Handoff check\n\n%s\n", r.markdown(inLog(r.Summary)))
	if len(r.Findings) > 0 {
		b.WriteString("\n| | rule | where | what |\n|---|---|---|---|\n")
	}
	for _, f := range r.Findings {
		where := f.Path
		if f.Line > 0 {
			where += ":" + strconv.Itoa(f.Line)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Level, escapeMarkdown.Replace(inLog(f.Code)),
			escapeMarkdown.Replace(inLog(where)), r.markdown(message(f)))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// markdown is a text that stands for itself in Markdown, but for the tickets and
// pull requests that are links.
func (r Report) markdown(s string) string {
	if r.LinkNames == nil {
		return escapeMarkdown.Replace(s)
	}
	return r.LinkNames(s, escapeMarkdown.Replace, func(name, link string) string {
		return "[" + escapeMarkdown.Replace(name) + "](" + link + ")"
	})
}

// path is the file to show a finding at.
func (r Report) path(f handoff.Finding) string {
	return inLog(cmp.Or(f.Path, r.Dir))
}

// fingerprints identify findings from run to run, whatever line they move to.
func (r Report) fingerprints() []string {
	seen := make(map[string]int)
	prints := make([]string, len(r.Findings))
	for i, f := range r.Findings {
		text := strings.Join([]string{f.Code, f.Record, f.Path, f.Field, f.Message}, "\x00")
		seen[text]++
		sum := sha256.Sum256([]byte(text + "\x00" + strconv.Itoa(seen[text])))
		prints[i] = hex.EncodeToString(sum[:])
	}
	return prints
}

// qualityIssue is one entry of GitLab's code quality report.
type qualityIssue struct {
	Description string `json:"description"`
	CheckName   string `json:"check_name"`
	Fingerprint string `json:"fingerprint"`
	Severity    string `json:"severity"`
	Location    struct {
		Path  string `json:"path"`
		Lines struct {
			Begin int `json:"begin"`
		} `json:"lines"`
	} `json:"location"`
}

func (r Report) writeGitLab(w io.Writer) error {
	issues := make([]qualityIssue, len(r.Findings))
	for i, fingerprint := range r.fingerprints() {
		f, issue := r.Findings[i], &issues[i]
		issue.Description, issue.CheckName, issue.Fingerprint = message(f), inLog(f.Code), fingerprint
		issue.Severity = "minor"
		if f.Level == handoff.LevelError {
			issue.Severity = "major"
		}
		issue.Location.Path, issue.Location.Lines.Begin = r.path(f), max(f.Line, 1)
	}
	return writeJSON(w, issues)
}

// writeJSON writes an indented document in which no runner finds a command.
func writeJSON(w io.Writer, value any) error {
	enc := json.NewEncoder(&Breaker{W: w, JSON: true})
	enc.SetIndent("", "  ")
	return enc.Encode(value)
}

// The part of SARIF 2.1.0 that code scanning reads.
type (
	sarifLog struct {
		Version string     `json:"version"`
		Schema  string     `json:"$schema"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name    string      `json:"name"`
		Version string      `json:"version,omitempty"`
		Rules   []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID string `json:"id"`
	}
	sarifResult struct {
		RuleID       string            `json:"ruleId"`
		Level        string            `json:"level"`
		Message      sarifText         `json:"message"`
		Locations    []sarifLocation   `json:"locations"`
		Fingerprints map[string]string `json:"partialFingerprints"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifLocation struct {
		Physical struct {
			Artifact struct {
				URI string `json:"uri"`
			} `json:"artifactLocation"`
			Region sarifRegion `json:"region"`
		} `json:"physicalLocation"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
	}
)

func (r Report) writeSARIF(w io.Writer) error {
	run := sarifRun{Results: []sarifResult{}}
	run.Tool.Driver = sarifDriver{Name: "handoff", Version: inLog(r.Version), Rules: []sarifRule{}}
	for i, fingerprint := range r.fingerprints() {
		f := r.Findings[i]
		result := sarifResult{
			RuleID: inLog(f.Code), Level: "warning", Message: sarifText{message(f)},
			Locations:    make([]sarifLocation, 1),
			Fingerprints: map[string]string{"handoff/v1": fingerprint},
		}
		if f.Level == handoff.LevelError {
			result.Level = "error"
		}
		at := &result.Locations[0].Physical
		at.Artifact.URI = (&url.URL{Path: r.path(f)}).String()
		at.Region = sarifRegion{StartLine: max(f.Line, 1), StartColumn: f.Col}
		run.Results = append(run.Results, result)
		if rule := (sarifRule{result.RuleID}); !slices.Contains(run.Tool.Driver.Rules, rule) {
			run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		}
	}
	return writeJSON(w, sarifLog{
		Version: "2.1.0", Schema: "https://json.schemastore.org/sarif-2.1.0.json", Runs: []sarifRun{run},
	})
}

// The part of the JUnit format that CI services read.
type (
	junitSuites struct {
		XMLName xml.Name   `xml:"testsuites"`
		Suite   junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		ClassName string        `xml:"classname,attr"`
		Name      string        `xml:"name,attr"`
		File      string        `xml:"file,attr,omitempty"`
		Failure   *junitFailure `xml:"failure"`
		Output    string        `xml:"system-out,omitempty"`
	}
	junitFailure struct {
		Type    string `xml:"type,attr"`
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

// writeJUnit writes a failed test for each error and a passed one with output
// for each warning; one passed test when there are neither.
func (r Report) writeJUnit(w io.Writer) error {
	suite := junitSuite{Name: "handoff check"}
	for _, f := range r.Findings {
		c := junitCase{ClassName: "handoff." + inLog(f.Code), Name: message(f), File: inLog(f.Path)}
		where := fmt.Sprintf("%s:%d: %s", r.path(f), max(f.Line, 1), message(f))
		if f.Level == handoff.LevelError {
			suite.Failures++
			c.Failure = &junitFailure{Type: inLog(f.Code), Message: message(f), Text: where}
		} else {
			c.Output = where
		}
		suite.Cases = append(suite.Cases, c)
	}
	if len(suite.Cases) == 0 {
		suite.Cases = []junitCase{{ClassName: "handoff", Name: "check", Output: inLog(r.Summary)}}
	}
	suite.Tests = len(suite.Cases)
	data, err := xml.MarshalIndent(junitSuites{Suite: suite}, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, data)
	return err
}
