// Package tally counts words from several goroutines at once.
package tally

import (
	"strings"
	"sync"
)

// Tally counts words. Its zero value is an empty tally, and it is safe for concurrent use.
type Tally struct {
	mu     sync.Mutex
	counts map[string]int
}

// Add counts the words of text.
func (t *Tally) Add(text string) {
	words := strings.Fields(text)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		t.counts = map[string]int{}
	}
	for _, word := range words {
		t.counts[word]++
	}
}

// Count returns how often word was added.
func (t *Tally) Count(word string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts[word]
}

// AddAll adds each of texts in a goroutine of its own, and waits for all.
func (t *Tally) AddAll(texts ...string) {
	var wg sync.WaitGroup
	for _, text := range texts {
		wg.Go(func() { t.Add(text) })
	}
	wg.Wait()
}
