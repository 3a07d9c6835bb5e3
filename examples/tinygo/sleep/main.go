// sleep runs goroutines that wait for each other and for the clock.
//
// TinyGo's scheduler sleeps by poll_oneoff with one clock subscription, and switches
// goroutines by rewriting the program so that it can unwind and rewind its own stack
// (Binaryen's asyncify). Both are a good workout for a host.
package main

import "time"

func ticker(name string, every time.Duration, count int, out chan<- string) {
	for i := 0; i < count; i++ {
		time.Sleep(every)
		out <- name
	}
	out <- ""
}

func main() {
	start := time.Now()
	out := make(chan string)
	go ticker("tick", 20*time.Millisecond, 3, out)
	go ticker("  tock", 50*time.Millisecond, 1, out)

	// 20 tick, 40 tick, 50 tock, 60 tick: the order that the clock dictates.
	for running := 2; running > 0; {
		line := <-out
		if line == "" {
			running--
			continue
		}
		println(line)
	}

	// A timeout that fires, and one that does not.
	select {
	case <-time.After(10 * time.Millisecond):
		println("timed out, as it should")
	case <-out:
		println("a message nobody sent")
	}

	elapsed := time.Since(start)
	println("at least 70 ms passed:", elapsed >= 70*time.Millisecond)
	println("less than 10 s passed:", elapsed < 10*time.Second)
}
