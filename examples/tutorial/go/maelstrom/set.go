package maelstrom

import "sort"

// Set has the values that were broadcast. It has no lock of its own.
type Set map[float64]bool

// Add returns whether the value is new.
func (s Set) Add(value float64) bool {
	if s[value] {
		return false
	}
	s[value] = true
	return true
}

// List has the values in order.
func (s Set) List() []float64 {
	all := make([]float64, 0, len(s))
	for value := range s {
		all = append(all, value)
	}
	sort.Float64s(all)
	return all
}

// Values is a list in the body of a message.
func Values(list any) []float64 {
	all := []float64{}
	for _, each := range list.([]any) {
		all = append(all, each.(float64))
	}
	return all
}
