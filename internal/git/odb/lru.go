package odb

import "container/list"

// lruCache keeps the values that were used last, up to a total cost.
// It is not safe for concurrent use.
type lruCache[K comparable, V any] struct {
	budget, spent int64
	cost          func(V) int64
	dropped       func(V) // told of every value that leaves
	order         *list.List
	items         map[K]*list.Element
}

// lruItemSize is about how many bytes a cache takes for each value besides it:
// of the many small ones in a walk through history, most of the memory.
const lruItemSize = 200

type lruItem[K comparable, V any] struct {
	key   K
	value V
}

// newLRU returns an empty cache of values that together cost at most budget.
func newLRU[K comparable, V any](budget int64, cost func(V) int64, dropped func(V)) *lruCache[K, V] {
	return &lruCache[K, V]{
		budget:  budget,
		cost:    cost,
		dropped: dropped,
		order:   list.New(),
		items:   map[K]*list.Element{},
	}
}

// get returns the value under key and marks it as used.
func (c *lruCache[K, V]) get(key K) (value V, ok bool) {
	e, ok := c.items[key]
	if !ok {
		return value, false
	}
	c.order.MoveToFront(e)
	return e.Value.(lruItem[K, V]).value, true
}

// put adds a value under a key that get did not find, and drops those that
// were not used for longest until the budget is met. A value that would push
// out more than a quarter of the cache is not kept: one large object must not
// cost all the small ones.
func (c *lruCache[K, V]) put(key K, value V) {
	if c.cost(value) > c.budget/4 {
		c.dropped(value)
		return
	}
	c.items[key] = c.order.PushFront(lruItem[K, V]{key, value})
	c.spent += c.cost(value)
	for c.spent > c.budget {
		c.drop(c.order.Back())
	}
}

// clear drops everything.
func (c *lruCache[K, V]) clear() {
	for c.order.Len() > 0 {
		c.drop(c.order.Back())
	}
}

func (c *lruCache[K, V]) drop(e *list.Element) {
	item := c.order.Remove(e).(lruItem[K, V])
	delete(c.items, item.key)
	c.spent -= c.cost(item.value)
	c.dropped(item.value)
}
