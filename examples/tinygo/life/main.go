// life plays Conway's game of life on a torus: a glider and a blinker.
package main

const width, height = 24, 12

type grid [height][width]bool

func (g *grid) neighbours(y, x int) (n int) {
	for dy := -1; dy <= 1; dy++ {
		for dx := -1; dx <= 1; dx++ {
			if (dy != 0 || dx != 0) && g[(y+dy+height)%height][(x+dx+width)%width] {
				n++
			}
		}
	}
	return n
}

func (g *grid) step() (next grid) {
	for y := range g {
		for x := range g[y] {
			n := g.neighbours(y, x)
			next[y][x] = n == 3 || n == 2 && g[y][x]
		}
	}
	return next
}

func (g *grid) String() string {
	picture := make([]byte, 0, height*(width+1))
	for y := range g {
		for x := range g[y] {
			if g[y][x] {
				picture = append(picture, '#')
			} else {
				picture = append(picture, '.')
			}
		}
		picture = append(picture, '\n')
	}
	return string(picture)
}

func (g *grid) draw(y, x int, rows ...string) {
	for dy, row := range rows {
		for dx, c := range row {
			g[(y+dy)%height][(x+dx)%width] = c == '#'
		}
	}
}

func main() {
	var g grid
	g.draw(0, 0, ".#.", "..#", "###")
	g.draw(5, 14, "###")
	for generation := 0; generation <= 60; generation++ {
		if generation%30 == 0 {
			println("generation", generation)
			print(g.String())
		}
		g = g.step()
	}
}
