package rules

import (
	"os"
	"strings"
	"testing"
)

// lettersAndDigits is a value as services draw them, of that length. It is made
// here, so that no scanner takes this file for a leak.
func lettersAndDigits(n int) string {
	return strings.Repeat("k7Qx2mZ9pR4tV8wL3cN6", n/20+1)[:n]
}

func lowerHex(n int) string { return strings.Repeat("9f86d081884c7d65", n/16+1)[:n] }

// upperAndDigits has no lower-case letters.
func upperAndDigits(n int) string { return strings.ToUpper(lettersAndDigits(n)) }

// secretExamples are credentials in the form of each row of the table, by what
// they are to be called. Prefixes are written in two parts.
func secretExamples() map[string][]string {
	uuid := lowerHex(8) + "-1234-4abc-9def-" + lowerHex(12)
	return map[string][]string{
		"a private key": {"-----BEGIN " + "RSA PRIVATE KEY-----\n" + lettersAndDigits(64) + "\n-----END RSA PRIVATE KEY-----",
			"-----BEGIN " + "PGP PRIVATE KEY BLOCK-----"},
		"a private key of age":           {"AGE-SECRET" + "-KEY-1" + upperAndDigits(58)},
		"a signed token (JWT)":           {"ey" + "JhbGciOiJIUzI1NiJ9.ey" + "JzdWIiOiIxMjM0NTY3In0." + lettersAndDigits(43)},
		"a URL with a password":          {"https://ana:" + "hunter2@example.com/x", "redis://:" + "hunter2@cache:6379", "amqp://app:" + "S3cret!@mq"},
		"an AWS access key id":           {"AK" + "IA" + upperAndDigits(16), "AS" + "IA" + upperAndDigits(16)},
		"a Google API key":               {"AI" + "za" + lettersAndDigits(35)},
		"a Google OAuth secret":          {"GOC" + "SPX-" + lettersAndDigits(28)},
		"a Google access token":          {"ya2" + "9." + lettersAndDigits(60), "1/" + "/0" + lettersAndDigits(60)},
		"an Azure client secret":         {"abc8" + "Q~" + lettersAndDigits(34)},
		"an Azure storage key":           {"Account" + "Key=" + lettersAndDigits(86) + "=="},
		"a signed Azure URL":             {"https://x.blob.example.com/c?sv=2026&si" + "g=" + lettersAndDigits(43) + "%3D"},
		"an Alibaba Cloud key id":        {"LT" + "AI" + lettersAndDigits(20)},
		"a Tencent Cloud key id":         {"AK" + "ID" + lettersAndDigits(32)},
		"a DigitalOcean token":           {"dop" + "_v1_" + lowerHex(64)},
		"a Heroku token":                 {"HR" + "KU-AA" + lettersAndDigits(58)},
		"a Fly.io token":                 {"fm" + "2_" + lettersAndDigits(100), "fo" + "1_" + lettersAndDigits(43)},
		"a Netlify token":                {"nf" + "p_" + lettersAndDigits(36)},
		"a Supabase key":                 {"sb" + "p_" + lowerHex(40)},
		"a PlanetScale password":         {"pscale" + "_pw_" + lettersAndDigits(43)},
		"a Cloudflare origin key":        {"v1" + ".0-" + lowerHex(24) + "-" + lowerHex(146)},
		"an OpenShift token":             {"sha256" + "~" + lettersAndDigits(43)},
		"a GitHub token":                 {"gh" + "p_" + lettersAndDigits(36), "gh" + "s_" + lettersAndDigits(36)},
		"a GitHub fine-grained token":    {"github" + "_pat_" + lettersAndDigits(82)},
		"a GitLab token":                 {"gl" + "pat-" + lettersAndDigits(20), "gl" + "rt-" + lettersAndDigits(20), "GR13" + "48941" + lettersAndDigits(20)},
		"a Bitbucket or Atlassian token": {"AT" + "ATT3" + lettersAndDigits(186), "AT" + "BB" + lettersAndDigits(32)},
		"an npm token":                   {"np" + "m_" + lettersAndDigits(36)},
		"a PyPI token":                   {"py" + "pi-AgEIcHlwaS5vcmc" + lettersAndDigits(70)},
		"a RubyGems token":               {"ruby" + "gems_" + lowerHex(48)},
		"a NuGet key":                    {"oy" + "2" + strings.ToLower(lettersAndDigits(43))},
		"a crates.io token":              {"ci" + "o" + lettersAndDigits(32)},
		"a Clojars token":                {"CLO" + "JARS_" + lowerHex(60)},
		"a Docker token":                 {"dckr" + "_pat_" + lettersAndDigits(27)},
		"an Artifactory token":           {"AK" + "Cp" + lettersAndDigits(69), "cm" + "Vmd" + lettersAndDigits(59)},
		"a SonarQube token":              {"sq" + "p_" + lowerHex(40)},
		"a Sourcegraph token":            {"sg" + "p_" + lowerHex(40)},
		"a CircleCI token":               {"CCI" + "PAT_" + lettersAndDigits(60)},
		"a Buildkite token":              {"bk" + "ua_" + lowerHex(40)},
		"an Octopus Deploy key":          {"AP" + "I-" + upperAndDigits(26)},
		"a Slack token":                  {"xo" + "xb-123456789012-1234567890123-" + lettersAndDigits(24), "xa" + "pp-1-A0123-1234567890-" + lowerHex(64), "xo" + "xe.xoxp-1-" + lettersAndDigits(60)},
		"a Slack webhook":                {"https://hooks.slack" + ".com/services/T0123/B0123/" + lettersAndDigits(24)},
		"a Teams webhook":                {"https://x.webhook.office" + ".com/webhookb2/" + uuid + "@" + uuid + "/IncomingWebhook/" + lowerHex(32) + "/" + uuid},
		"a Discord webhook":              {"https://discord" + ".com/api/webhooks/123456789012345678/" + lettersAndDigits(68)},
		"a Telegram token":               {"1234567890" + ":AA" + lettersAndDigits(33)},
		"a Linear key":                   {"lin" + "_api_" + lettersAndDigits(40)},
		"a Notion token":                 {"nt" + "n_12345678901" + lettersAndDigits(35), "secret" + "_" + lettersAndDigits(43)},
		"a Figma token":                  {"fi" + "gd_" + lettersAndDigits(40)},
		"an Airtable token":              {"pa" + "t" + lettersAndDigits(14) + "." + lowerHex(64)},
		"a Postman key":                  {"PM" + "AK-" + lowerHex(24) + "-" + lowerHex(34)},
		"a SendGrid key":                 {"S" + "G." + lettersAndDigits(22) + "." + lettersAndDigits(43)},
		"a Brevo key":                    {"xkey" + "sib-" + lowerHex(64) + "-" + lettersAndDigits(16)},
		"a Mailgun key":                  {"ke" + "y-" + lowerHex(32)},
		"a Mailchimp key":                {lowerHex(32) + "-u" + "s21"},
		"a Twilio key":                   {"S" + "K" + lowerHex(32)},
		"a Stripe key":                   {"sk" + "_live_" + lettersAndDigits(24), "rk" + "_test_" + lettersAndDigits(24)},
		"a Stripe webhook secret":        {"wh" + "sec_" + lettersAndDigits(32)},
		"a Shopify token":                {"shp" + "at_" + lowerHex(32)},
		"a Square token":                 {"sq0" + "atp-" + lettersAndDigits(22)},
		"a Facebook token":               {"EA" + "AC" + lettersAndDigits(120)},
		"a secret API key":               {"sk" + "-" + lettersAndDigits(48), "sk" + "-ant-api03-" + lettersAndDigits(93)},
		"a Hugging Face token":           {"hf" + "_" + lettersAndDigits(34)},
		"a Groq key":                     {"gs" + "k_" + lettersAndDigits(52)},
		"a Perplexity key":               {"pp" + "lx-" + lettersAndDigits(48)},
		"an xAI key":                     {"xa" + "i-" + lettersAndDigits(80)},
		"a Replicate token":              {"r8" + "_" + lettersAndDigits(37)},
		"a Vault token":                  {"hv" + "s." + lettersAndDigits(90)},
		"a Terraform token":              {lettersAndDigits(14) + ".atlas" + "v1." + lettersAndDigits(67)},
		"a Doppler token":                {"dp" + ".pt." + lettersAndDigits(43)},
		"a Pulumi token":                 {"pu" + "l-" + lowerHex(40)},
		"a Databricks token":             {"da" + "pi" + lowerHex(32)},
		"a 1Password token":              {"op" + "s_eyJ" + lettersAndDigits(250), "A" + "3-ABC123-DEF456-GHI78-JKL90-MNO12-PQR34"},
		"a Grafana token":                {"gl" + "sa_" + lettersAndDigits(32) + "_" + lowerHex(8)},
		"a New Relic key":                {"NR" + "AK-" + upperAndDigits(27)},
		"a Sentry token":                 {"sn" + "tryu_" + lowerHex(64)},
		"a Dynatrace token":              {"dt" + "0c01." + upperAndDigits(24) + "." + upperAndDigits(64)},
		"a LaunchDarkly key":             {"sd" + "k-" + uuid},
		"a Tailscale key":                {"ts" + "key-auth-" + lettersAndDigits(30)},
		"an Authorization header":        {"Authorization: Bearer mF_9.B5f-4.1JqM", "curl -H 'authorization: Basic YWxhZGRpbjpvcGVu' x", `{"Authorization": "Token ` + lowerHex(40) + `"}`},
		"a bearer token":                 {"with bearer " + lettersAndDigits(40)},
		"a password or token": {
			"DB_PASSWORD=hunter2hunter2", "pwd=Tr0ub4dor&3", "PGPASSWORD=s3cr3t99 psql", "AWS_SECRET_ACCESS_KEY=" + lettersAndDigits(40),
			"client_secret: " + lettersAndDigits(32), `"clientSecret": "` + lettersAndDigits(32) + `"`, `{"password":"hunter2hunter2"}`,
			"spring.datasource.password=hunter22", "api_key_prod := `" + lettersAndDigits(20) + "`", "the api key: " + lettersAndDigits(20),
			"access-token => '" + lettersAndDigits(20) + "'", "X-Api-Key: " + lettersAndDigits(20), "login --password hunter2hunter2 now",
			"?access_token=" + lettersAndDigits(20) + "&x=1", `say \"password=\"hunter2hunter2\"`, "SECRET_KEY_BASE: " + lowerHex(64), "passphrase = correct4horse",
		},
	}
}

// Each form is found, called by its name, in the middle of a text, and not shown.
func TestSecretForms(t *testing.T) {
	examples := secretExamples()
	for _, p := range secretPatterns {
		if len(examples[p.name]) == 0 {
			t.Errorf("no example of %s", p.name)
		}
	}
	for name, texts := range examples {
		for _, text := range texts {
			for _, in := range []string{text, "the job uses (" + text + ") since Monday"} {
				found := Secrets(in)
				if len(found) == 0 || found[0].Name != name {
					t.Errorf("%q: %+v, want %s", in, found, name)
					continue
				}
				value := in[found[0].Start:found[0].End]
				if masked := Mask(in); len(value) > 4 && strings.Contains(masked, value) || strings.Contains(masked, "hunter2h") {
					t.Errorf("%q: masked %q", in, masked)
				}
			}
		}
	}
}

// Of overlapping secrets nothing is shown.
func TestMaskOverlapping(t *testing.T) {
	text := "password=abc123," + "https://ana:" + lettersAndDigits(12) + "@example.com"
	if got := Mask(text); strings.Contains(got, lettersAndDigits(12)) {
		t.Errorf("masked %q", got)
	}
}

// TestSecretsInCommitMessages measures how often ordinary text is taken for a
// secret. Each time would stop somebody who wants to go home.
func TestSecretsInCommitMessages(t *testing.T) {
	data, err := os.ReadFile("testdata/commit-messages.txt")
	if err != nil {
		t.Fatal(err)
	}
	lines, taken := 0, 0
	for line := range strings.Lines(string(data)) {
		lines++
		for _, secret := range Secrets(line) {
			taken++
			t.Errorf("%q looks like %s", strings.TrimSpace(line), secret.Name)
		}
	}
	t.Logf("%d of %d lines taken for secrets", taken, lines)
	if lines < 450 {
		t.Errorf("only %d lines", lines)
	}
}
