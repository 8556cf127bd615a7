package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// secretPattern is one form of credential. The group of the pattern, or all of
// a match of one without groups, is the value. A match in which the group takes
// no part is none.
type secretPattern struct {
	name string
	// One of the marks is in every match, in the case in which it is written here
	// or, where the pattern ignores case, in any: looking for them first costs a
	// tenth of the pattern.
	marks   []string
	anyCase bool
	pattern func() *regexp.Regexp
	// holds is what the value must have besides, nil for nothing.
	holds func(value string) bool
}

// mayBeIn reports whether one of the marks is in a text, which lower has in lower
// case.
func (p *secretPattern) mayBeIn(text, lower string) bool {
	if p.anyCase {
		text = lower
	}
	return slices.ContainsFunc(p.marks, func(mark string) bool { return strings.Contains(text, mark) })
}

// looksLike is a row of the table of secrets.
func looksLike(name, marks, pattern string, holds func(string) bool) secretPattern {
	return secretPattern{name, strings.Fields(marks), strings.HasPrefix(pattern, "(?i)"), text.Pattern(pattern), holds}
}

// The lines around a private key.
const (
	beginKey = `-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----`
	endKey   = `-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----`
)

// secretPatterns are the credentials that have a form of their own, by the
// services that give them out, and then what is only known by the words before
// it. The lengths are a little less than what the services make today.
var secretPatterns = []secretPattern{
	// Keys, and what any service may use. The \b matters in all of them: without
	// it task-refactor-payments-service is a key that begins with sk-.
	looksLike("a private key", "-----BEGIN", beginKey+`(?:(?s:.*?)`+endKey+`|(?:[\s\\]*[A-Za-z0-9+/=]{16,})*)`, nil),
	looksLike("a private key of age", "AGE-SECRET-KEY-1", `\bAGE-SECRET-KEY-1[0-9A-Z]{50,}`, nil),
	looksLike("a signed token (JWT)", "eyJ", `\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*`, nil),
	looksLike("a URL with a password", "://", `\b[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:[^/@\s]+@`, urlPassword),

	// Clouds.
	looksLike("an AWS access key id", "AKIA ASIA ABIA ACCA", `\bA(?:KIA|SIA|BIA|CCA)[0-9A-Z]{16}\b`, notDocumented),
	looksLike("a Google API key", "AIza", `\bAIza[\w-]{35}`, nil),
	looksLike("a Google OAuth secret", "GOCSPX-", `\bGOCSPX-[\w-]{24,}`, nil),
	looksLike("a Google access token", "ya29. 1//0", `(?:\bya29\.|\b1//0)[\w-]{30,}`, nil),
	looksLike("an Azure client secret", "Q~", `\b[\w.~-]{3}\dQ~[\w.~-]{31,34}`, nil),
	looksLike("an Azure storage key", "AccountKey=", `\bAccountKey=([A-Za-z0-9+/]{80,}={0,2})`, nil),
	looksLike("a signed Azure URL", "sig=", `[?&]sig=([A-Za-z0-9%+/]{40,}=?)`, nil),
	looksLike("an Alibaba Cloud key id", "LTAI", `\bLTAI[A-Za-z0-9]{16,22}\b`, letterAndDigit),
	looksLike("a Tencent Cloud key id", "AKID", `\bAKID[A-Za-z0-9]{32}\b`, letterAndDigit),
	looksLike("a DigitalOcean token", "_v1_", `\bdo[opr]_v1_[a-f0-9]{40,}`, nil),
	looksLike("a Heroku token", "HRKU-", `\bHRKU-[\w-]{30,}`, nil),
	looksLike("a Fly.io token", "fo1_ fm1 fm2_", `\b(?:fo1|fm1[ar]|fm2)_[\w+/=-]{40,}`, nil),
	looksLike("a Netlify token", "nfp_", `\bnfp_[A-Za-z0-9]{36,}`, nil),
	looksLike("a Supabase key", "sbp_ sb_secret_", `\bsb(?:p|_secret)_[A-Za-z0-9_]{20,}`, letterAndDigit),
	looksLike("a PlanetScale password", "pscale_", `\bpscale_(?:tkn|pw|oauth)_[\w.=-]{30,}`, nil),
	looksLike("a Cloudflare origin key", "v1.0-", `\bv1\.0-[a-f0-9]{24}-[a-f0-9]{100,}`, nil),
	looksLike("an OpenShift token", "sha256~", `\bsha256~[\w-]{40,}`, nil),

	// Forges, registries, builds.
	looksLike("a GitHub token", "ghp_ gho_ ghu_ ghs_ ghr_", `\bgh[pousr]_[A-Za-z0-9]{36,}`, nil),
	looksLike("a GitHub fine-grained token", "github_pat_", `\bgithub_pat_\w{22,}`, nil),
	looksLike("a GitLab token", "gl GR1348941", `\b(?:gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat|ffct|wt)-|GR1348941)[\w.-]{20,}`, nil),
	looksLike("a Bitbucket or Atlassian token", "ATATT3 ATCTT3 ATBB", `\bAT(?:ATT3|CTT3|BB)[\w=-]{24,}`, nil),
	looksLike("an npm token", "npm_", `\bnpm_[A-Za-z0-9]{36,}`, nil),
	looksLike("a PyPI token", "pypi-", `\bpypi-[\w-]{60,}`, nil),
	looksLike("a RubyGems token", "rubygems_", `\brubygems_[a-f0-9]{40,}`, nil),
	looksLike("a NuGet key", "oy2", `\boy2[a-z0-9]{43}\b`, nil),
	looksLike("a crates.io token", "cio", `\bcio[A-Za-z0-9]{32}\b`, letterAndDigit),
	looksLike("a Clojars token", "CLOJARS_", `\bCLOJARS_[a-f0-9]{50,}`, nil),
	looksLike("a Docker token", "dckr_", `\bdckr_[po]at_[\w-]{20,}`, nil),
	looksLike("an Artifactory token", "AKCp cmVmd", `\b(?:AKCp|cmVmd)[A-Za-z0-9]{56,}`, nil),
	looksLike("a SonarQube token", "sqp_ sqa_ squ_", `\bsq[pau]_[a-f0-9]{40}`, nil),
	looksLike("a Sourcegraph token", "sgp_", `\bsgp_(?:[a-f0-9]{16}_|local_)?[a-f0-9]{40}`, nil),
	looksLike("a CircleCI token", "CCIPAT_ CCIPRJ_", `\bCCIP(?:AT|RJ)_\w{20,}`, nil),
	looksLike("a Buildkite token", "bkua_ bkpt_ bkat_", `\bbk(?:ua|pt|at)_[a-f0-9]{40}`, nil),
	looksLike("an Octopus Deploy key", "API-", `\bAPI-[A-Z0-9]{26,}\b`, letterAndDigit),

	// Chats, trackers, mail.
	looksLike("a Slack token", "xox xapp-", `\b(?:xox[abeoprs](?:\.xox[bp])?|xapp)-[\w-]{10,}`, nil),
	looksLike("a Slack webhook", "hooks.slack.com/", `\bhooks\.slack\.com/(?:services|workflows|triggers)/([\w+/]{20,})`, nil),
	looksLike("a Teams webhook", ".webhook.office.com/", `\.webhook\.office\.com/webhookb2/([\w@-]{20,}/IncomingWebhook/[\w/-]+)`, nil),
	looksLike("a Discord webhook", "/api/webhooks/", `\bdiscord(?:app)?\.com/api/webhooks/\d+/([\w-]{40,})`, nil),
	looksLike("a Telegram token", ":AA", `\b\d{8,10}:AA[\w-]{30,}`, nil),
	looksLike("a Linear key", "lin_", `\blin_(?:api|oauth)_[A-Za-z0-9]{32,}`, nil),
	looksLike("a Notion token", "ntn_ secret_", `\b(?:ntn|secret)_[A-Za-z0-9]{40,}`, letterAndDigit),
	looksLike("a Figma token", "figd_", `\bfigd_[\w-]{30,}`, nil),
	looksLike("an Airtable token", "pat", `\bpat[A-Za-z0-9]{14}\.[a-f0-9]{40,}`, nil),
	looksLike("a Postman key", "PMAK-", `\bPMAK-[a-f0-9]{24}-[a-f0-9]{30,}`, nil),
	looksLike("a SendGrid key", "SG.", `\bSG\.[\w-]{16,}\.[\w-]{32,}`, nil),
	looksLike("a Brevo key", "xkeysib-", `\bxkeysib-[a-f0-9]{40,}`, nil),
	looksLike("a Mailgun key", "key-", `\bkey-[a-f0-9]{32}\b`, nil),
	looksLike("a Mailchimp key", "-us", `\b[a-f0-9]{32}-us\d{1,2}\b`, nil),
	looksLike("a Twilio key", "SK", `\bSK[a-f0-9]{32}\b`, nil),

	// Money.
	looksLike("a Stripe key", "sk_ rk_", `\b[sr]k_(?:live|test|prod)_[A-Za-z0-9]{16,}`, nil),
	looksLike("a Stripe webhook secret", "whsec_", `\bwhsec_[A-Za-z0-9+/]{24,}`, nil),
	looksLike("a Shopify token", "shp", `\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}`, nil),
	looksLike("a Square token", "sq0", `\bsq0(?:atp|csp)-[\w-]{22,}`, nil),
	looksLike("a Facebook token", "EAAC EAAM", `\bEAA[CM][A-Za-z0-9]{60,}`, nil),

	// Models.
	looksLike("a secret API key", "sk-", `\bsk-[A-Za-z0-9_-]{20,}`, letterAndDigit),
	looksLike("a Hugging Face token", "hf_", `\bhf_[A-Za-z0-9]{32,}`, nil),
	looksLike("a Groq key", "gsk_", `\bgsk_[A-Za-z0-9]{40,}`, nil),
	looksLike("a Perplexity key", "pplx-", `\bpplx-[A-Za-z0-9]{40,}`, nil),
	looksLike("an xAI key", "xai-", `\bxai-[A-Za-z0-9]{60,}`, nil),
	looksLike("a Replicate token", "r8_", `\br8_[A-Za-z0-9]{36,}`, nil),

	// What watches and runs the rest.
	looksLike("a Vault token", "hvs. hvb. hvr.", `\bhv[sbr]\.[\w-]{24,}`, nil),
	looksLike("a Terraform token", ".atlasv1.", `\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,}`, nil),
	looksLike("a Doppler token", "dp.", `\bdp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{40,}`, nil),
	looksLike("a Pulumi token", "pul-", `\bpul-[a-f0-9]{40}\b`, nil),
	looksLike("a Databricks token", "dapi", `\bdapi[a-f0-9]{32}`, nil),
	looksLike("a 1Password token", "ops_eyJ A3-", `\bops_eyJ[A-Za-z0-9+/]{60,}|\bA3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})(?:-[A-Z0-9]{5}){3}\b`, nil),
	looksLike("a Grafana token", "glsa_ glc_", `\b(?:glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}|glc_[A-Za-z0-9+/]{32,})`, nil),
	looksLike("a New Relic key", "NRAK- NRII- NRJS- NRRA-", `\bNR(?:AK|II|JS|RA)-[\w-]{19,}`, nil),
	looksLike("a Sentry token", "sntrys_ sntryu_", `\bsntry[su]_[\w+/=-]{40,}`, nil),
	looksLike("a Dynatrace token", "dt0", `\bdt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{60,}`, nil),
	looksLike("a LaunchDarkly key", "sdk- api-", `\b(?:sdk|api)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}`, nil),
	looksLike("a Tailscale key", "tskey-", `\btskey-[a-z]+-[\w-]{20,}`, nil),

	// What only the words before it tell.
	looksLike("an Authorization header", "authorization", `(?i)\bauthorization\\?["']?[ \t]*[:=][ \t]*[\\"'`+"`"+`]*(?:bearer|basic|token|apikey|digest)[ \t]+([^\s"'`+"`"+`]{8,})`, headerValue),
	looksLike("a bearer token", "bearer", `(?i)\bbearer[ \t]+([A-Za-z0-9._~+/=-]{20,})`, headerValue),
	looksLike("a password or token", "passw passphrase pwd", assignment(`passw(?:or)?d|passphrase|pwd`, 8), assigned),
	looksLike("a password or token", "secret token credential key", assignment(`secret|token|credentials?|(?:api|access|account|auth|encryption|master|private|secret|signing)[ _-]?key`, 12), assigned),
	looksLike("a password or token", "password passwd secret token key", ourOwn+`|--(?:[a-z-]*-)?(?:password|passwd|secret|token|api-?key)[ \t]+["']?([^\s"']{12,})`, assigned),
}

// ourOwn matches what is followed by the fingerprint of a secret, and takes no
// value.
const ourOwn = `(?i)(?:--)?\ballow[_-]secrets?\b`

// assignment is the pattern of a value of that length or more that is assigned to
// a name which ends in one of the words: DB_PASSWORD=…, "clientSecret": "…",
// api_key_prod := …
func assignment(words string, least int) string {
	const (
		ending = `(?:[_-]?(?:prod|production|staging|stage|dev|test|live|value|base|[0-9]{1,2}))?`
		equals = `\\?["'` + "`" + `]?[ \t]*(?::=|=>|==?|:)[ \t]*[\\"'` + "`" + `]*`
	)
	return ourOwn + `|(?:` + words + `)` + ending + equals + `([^\s"'` + "`" + `]{` + strconv.Itoa(least) + `,})`
}

// notDocumented lets the key id pass that AWS's documentation uses.
func notDocumented(value string) bool { return !strings.HasSuffix(value, "EXAMPLE") }

// letterAndDigit tells a value from a word: "token: refreshes later" holds no
// token.
func letterAndDigit(value string) bool {
	return strings.ContainsAny(value, "0123456789") &&
		strings.ContainsAny(strings.ToLower(value), "abcdefghijklmnopqrstuvwxyz")
}

// urlPassword lets what manuals write pass: https://user:password@host.
func urlPassword(url string) bool { return notVariable(url) && !manualPassword().MatchString(url) }

var manualPassword = text.Pattern(`(?i):(?:pass|password|passwd|pwd|secret|token)@$`)

// headerValue tells what is in a header from a word: "Basic authentication".
func headerValue(value string) bool {
	mixed := strings.ToLower(value[1:]) != value[1:] && strings.ToUpper(value) != value
	return notVariable(value) && (letterAndDigit(value) || mixed)
}

// assigned tells a value that is a secret from one that says where it is.
func assigned(value string) bool {
	return letterAndDigit(value) && notVariable(value) && !elsewhere().MatchString(value) && !strings.HasSuffix(value, "EXAMPLEKEY")
}

// elsewhere matches what stands for a value: a path, also one in a store of
// secrets, an address, a call, a lookup, a date, a digest.
var elsewhere = text.Pattern(`^(?:[/~]|\.{1,2}/|[a-z][a-z0-9+.-]*://|(?:arn|vault|ssm|sops):|[a-z0-9_.-]+(?:/[a-z0-9_.-]+)+$|[A-Za-z_][\w.]*[(\[]|(?i:os|process|env|vars|secrets|config|settings|ctx|self|this|var|local)\.[A-Za-z_]|\d{4}-\d\d-\d\d|sha\d+[-:])`)

// notVariable reports whether a value is written out, not named: $TOKEN, <token>,
// {{ token }}, %TOKEN%, ****.
func notVariable(value string) bool {
	return !strings.ContainsAny(value, "<{") && !strings.Contains(value, "***") && !strings.Contains(value, "...") &&
		!strings.HasPrefix(value, "$") && !strings.HasPrefix(value, "%") && !strings.Contains(value, ":$")
}

// varied reports whether no character makes up half of a value, as in
// ghp_xxxxxxxx: that stands for a secret.
func varied(value string) bool {
	var count [256]int
	most := 0
	for i := range len(value) {
		count[value[i]]++
		most = max(most, count[value[i]])
	}
	return 2*most < len(value)
}
