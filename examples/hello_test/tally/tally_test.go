package tally

import "testing"

func TestAddAllCountsEveryWord(t *testing.T) {
	var tally Tally
	tally.AddAll("to be or not to be", "to do is to be", "do be do be do")
	for word, want := range map[string]int{"to": 4, "be": 5, "do": 4, "or": 1, "absent": 0} {
		if got := tally.Count(word); got != want {
			t.Errorf("Count(%q) = %d, want %d", word, got, want)
		}
	}
}
