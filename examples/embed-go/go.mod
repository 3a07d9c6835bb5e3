module weft.example/embed-go

go 1.20
