package config

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
)

// RuleCodes are the codes of all rules, in order. The rules themselves are in a
// package that reads this one.
var RuleCodes = strings.Fields(`
	HO101 HO102 HO103 HO104 HO201 HO202 HO203 HO204 HO205 HO206 HO207 HO208 HO209 HO210 HO211
	HO212 HO213 HO214 HO215 HO216 HO217 HO301 HO302 HO303 HO304 HO305 HO306 HO307 HO308 HO310
	HO311 HO313 HO314 HO315 HO320 HO401 HO402 HO403 HO404 HO405 HO406 HO407 HO501 HO502 HO503 HO506
	HO507 HO601 HO602 HO603 HO604 HO605 HO606 HO701 HO702 HO703 HO704 HO705 HO706 HO707 HO708
	HO709 HO801 HO803 HO804 HO805 HO806 HO901 HO902 HO903 HO904 HO905 HO907 HO910 HO911`)

// nearestRule suggests the code that was probably meant: one of the same series
// where several are equally near.
func nearestRule(code string) string {
	series := strings.TrimLeft(strings.ToUpper(code), "HO-_ ")
	lower := make([]string, 0, len(RuleCodes))
	for _, known := range RuleCodes {
		lower = append(lower, strings.ToLower(known))
	}
	sorting.By(lower, func(a, b string) int { return sameSeries(b, series) - sameSeries(a, series) })
	if nearest := text.Nearest(code, lower); nearest != "" {
		return "did you mean `" + strings.ToUpper(nearest) + "`? `handoff help rules` lists them"
	}
	return "`handoff help rules` lists them"
}

// sameSeries is 1 for a code whose number begins as another number does, else 0.
func sameSeries(code, number string) int {
	if number != "" && code[2] == number[0] {
		return 1
	}
	return 0
}
