module tutorial

go 1.18
