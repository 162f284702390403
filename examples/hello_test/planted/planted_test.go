// Package planted has a race on purpose: two goroutines write one variable, and nothing orders them.
package planted

import (
	"sync"
	"testing"
)

func TestPlantedRace(t *testing.T) {
	var count int
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() { count++ })
	}
	wg.Wait()
	t.Logf("count = %d", count)
}
