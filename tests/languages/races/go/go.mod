module races

go 1.18
