module weft.example/tinygo

go 1.25
