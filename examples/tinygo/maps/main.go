// maps counts words, deletes while ranging, and sorts what a map gives in no order.
package main

import (
	"sort"
	"strings"
)

const text = `the loom stands and the shuttle flies and the weft crosses the warp
and the cloth grows thread by thread while the weaver sleeps`

type count struct {
	word string
	n    int
}

type point struct{ x, y int }

func main() {
	words := map[string]int{}
	for _, word := range strings.Fields(text) {
		words[word]++
	}
	counts := make([]count, 0, len(words))
	for word, n := range words {
		counts = append(counts, count{word, n})
	}
	sort.Slice(counts, func(i, j int) bool {
		if counts[i].n != counts[j].n {
			return counts[i].n > counts[j].n
		}
		return counts[i].word < counts[j].word
	})
	for _, c := range counts {
		println(c.n, c.word)
	}

	// Large enough to make the map grow several times and the collector run.
	squares := map[int]string{}
	for i := 0; i < 5000; i++ {
		squares[i*i] = strings.Repeat("x", i%17)
	}
	for key := range squares {
		if key%2 == 1 {
			delete(squares, key)
		}
	}
	total := 0
	for _, s := range squares {
		total += len(s)
	}
	println("even squares:", len(squares), "total length:", total)

	// Structs and interfaces as keys are hashed by their contents.
	visited := map[point]bool{{1, 2}: true}
	println(visited[point{1, 2}], visited[point{2, 1}])
	mixed := map[interface{}]string{1: "int", "1": "string", 1.5: "float", point{1, 1}: "point"}
	println(mixed[1], mixed["1"], mixed[1.5], mixed[point{1, 1}], len(mixed[int64(1)]))
}
