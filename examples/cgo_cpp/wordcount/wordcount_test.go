package wordcount

import (
	"strings"
	"sync"
	"testing"
)

func TestCountFromManyGoroutines(t *testing.T) {
	var (
		mu     sync.Mutex
		counts = map[string]int{}
		wg     sync.WaitGroup
	)
	for range 32 {
		wg.Go(func() {
			counted, err := Count("the quick fox\nThe lazy dog\n")
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			counts[counted]++
		})
	}
	wg.Wait()
	if want := "dog=1 fox=1 lazy=1 quick=1 the=2"; counts[want] != 32 {
		t.Errorf("got %v, want 32 times %q", counts, want)
	}
}

func TestAnExceptionBecomesAnError(t *testing.T) {
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if _, err := Count("fine\n\x01broken"); err == nil || !strings.Contains(err.Error(), "control character") {
				t.Errorf("got %v", err)
			}
		})
	}
	wg.Wait()
}
