// Step 1: tell the neighbours once, and hope.
package main

import (
	"sync"
	"tutorial/maelstrom"
)

var (
	node  = maelstrom.NewNode()
	mutex sync.Mutex // guards what is below
	seen  = maelstrom.Set{}
)

func broadcast(src string, body maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	isNew := seen.Add(body["message"].(float64))
	mutex.Unlock()
	if isNew {
		for _, neighbour := range node.Neighbours() {
			if neighbour != src {
				node.Send(neighbour, maelstrom.Body{"type": "broadcast", "message": body["message"]})
			}
		}
	}
	return nil
}

func read(string, maelstrom.Body) maelstrom.Body {
	mutex.Lock()
	defer mutex.Unlock()
	return maelstrom.Body{"messages": seen.List()}
}

func main() {
	node.On("broadcast", broadcast)
	node.On("read", read)
	node.Run()
}
