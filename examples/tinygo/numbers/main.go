// numbers formats and parses numbers: fmt and strconv touch most of the arithmetic
// instructions, and each line has one right answer.
package main

import (
	"fmt"
	"math"
	"strconv"
)

func main() {
	fmt.Printf("%d %x %o %b %q %U\n", -42, 48879, 511, 10, 'w', '⌘')
	fmt.Printf("%8.3f|%-8.2e|%+g|%v\n", math.Pi, 6.02214076e23, 0.1, float32(0.1))
	fmt.Printf("%5t|%-6s|%6s|%v|%+v\n", true, "left", "right", []int{1, 2, 3}, struct {
		A int
		B string
	}{7, "seven"})
	fmt.Println(int64(math.MaxInt64), int64(math.MinInt64), uint64(math.MaxUint64))
	fmt.Println(math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(-1), math.NaN())
	fmt.Println(math.Sqrt(2), math.Floor(-1.5), math.Ceil(-1.5), math.Trunc(-1.5))

	for _, s := range []string{"123", "-9223372036854775808", "9223372036854775808", "0x1F", "abc"} {
		n, err := strconv.ParseInt(s, 0, 64)
		fmt.Println(n, err)
	}
	for _, s := range []string{"1e-7", "2.2250738585072011e-308", "1.7976931348623159e308", "0x1p-3", "nan"} {
		f, err := strconv.ParseFloat(s, 64)
		fmt.Println(f, err)
	}
	fmt.Println(strconv.Quote("tab\t, snowman ☃, nul \x00"), strconv.FormatInt(-255, 36))

	// Overflow wraps, division truncates, shifts past the width give 0 or the sign.
	var i32 int32 = math.MaxInt32
	var u8 uint8 = 200
	var shift uint = 40
	i32++
	u8 += 100
	fmt.Println(i32, u8, -7/2, -7%2, int32(-1)>>shift, uint32(1)<<shift, bits(1.0))
}

func bits(f float64) string {
	return strconv.FormatUint(math.Float64bits(f), 16)
}
