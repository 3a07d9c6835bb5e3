// panic walks off the front of a slice, recursively, so that the backtrace shows it.
//
// TinyGo prints the message itself and then stops at an unreachable instruction. The
// host sees a trap: weft prints a backtrace and leaves with exit code 134.
package main

// hash forgets to stop at the first element.
func hash(values []int, i int) int {
	value := values[i]
	return 31*hash(values, i-1) ^ value
}

func main() {
	println("hashing, without a care")
	println("the hash is", hash([]int{1, 2, 3}, 2))
}
