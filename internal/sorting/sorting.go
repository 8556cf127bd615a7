// Package sorting sorts what people read: findings, rows, handoffs, some thousands at
// most. Where millions are sorted, as in trees and in the index, it is [slices.SortFunc].
package sorting

import "sort"

// By sorts a list as compare has it, which is negative where a comes before b. What it
// calls equal keeps its order. slices.SortStableFunc does the same, in a function that
// is compiled anew for each type of elements: a fifth of a megabyte of the program.
func By[T any](list []T, compare func(a, b T) int) {
	sort.SliceStable(list, func(i, j int) bool { return compare(list[i], list[j]) < 0 })
}
