// Package compact is the short form in which a store that can be rebuilt keeps
// values: a struct is its fields that say something, each behind its number, and a
// zero byte. Which number a field has depends on its place in the struct, so the
// form is only for stores that are made anew when [Codec.Layout] changes.
//
// It knows structs, strings, booleans, whole numbers, times, pointers, lists, maps
// with string keys, and of interfaces what YAML makes of any text.
package compact

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"
)

// ErrDamaged says that bytes are not what the encoder wrote.
var ErrDamaged = errors.New("damaged encoding")

var timeType = reflect.TypeFor[time.Time]()

// Codec encodes values in which a pointer to an R stands for its name: what it
// points to is kept elsewhere.
type Codec[R any] struct {
	Name func(*R) string
}

// encoder appends values.
type encoder struct {
	data  []byte
	named reflect.Type                 // what pointers to it stand for a name
	name  func(v reflect.Value) string // of such a pointer
}

// encoders keep their memory: most of the values are a little longer than the one
// before.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// Encode returns some values one after the other. A value of a type that the
// codec does not know is a mistake of the caller, and panics.
func (c Codec[R]) Encode(values ...any) []byte {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.data, e.named = e.data[:0], reflect.TypeFor[R]()
	e.name = func(v reflect.Value) string { return c.Name(v.Interface().(*R)) }
	for _, v := range values {
		e.value(reflect.ValueOf(v))
	}
	return bytes.Clone(e.data)
}

func (e *encoder) uint(n uint64)   { e.data = binary.AppendUvarint(e.data, n) }
func (e *encoder) int(n int64)     { e.data = binary.AppendVarint(e.data, n) }
func (e *encoder) string(s string) { e.uint(uint64(len(s))); e.data = append(e.data, s...) }

func (e *encoder) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		e.string(v.String())
	case reflect.Bool:
		e.data = append(e.data, 0)
		if v.Bool() {
			e.data[len(e.data)-1] = 1
		}
	case reflect.Int:
		e.int(v.Int())
	case reflect.Pointer:
		if v.Type().Elem() == e.named {
			e.string(e.name(v))
			return
		}
		e.value(v.Elem())
	case reflect.Slice:
		e.uint(uint64(v.Len()))
		for i := range v.Len() {
			e.value(v.Index(i))
		}
	case reflect.Map:
		e.mapping(v)
	case reflect.Interface:
		e.any(v.Interface())
	case reflect.Struct:
		if v.Type() == timeType {
			e.time(v.Interface().(time.Time))
			return
		}
		e.fields(v)
	default:
		panic(fmt.Sprintf("compact: no encoding for %s", v.Type()))
	}
}

func (e *encoder) fields(v reflect.Value) {
	for i := range v.NumField() {
		if field := v.Field(i); field.CanInterface() && !field.IsZero() { // exported
			e.data = append(e.data, byte(i+1))
			e.value(field)
		}
	}
	e.data = append(e.data, 0)
}

// mapping writes a map with string keys, in their order: the same value is the
// same bytes.
func (e *encoder) mapping(v reflect.Value) {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	e.uint(uint64(len(keys)))
	for _, key := range keys {
		e.string(key.String())
		e.value(v.MapIndex(key))
	}
}

// time keeps the instant and the offset in which it was written.
func (e *encoder) time(t time.Time) {
	_, offset := t.Zone()
	e.int(t.Unix())
	e.uint(uint64(t.Nanosecond()))
	e.int(int64(offset))
}

// The tags of values that YAML makes of any text.
const (
	anyNil = iota
	anyString
	anyBool
	anyInt
	anyInt64
	anyUint64
	anyFloat
	anyList
	anyMap
)

func (e *encoder) any(v any) {
	tag := func(t byte) { e.data = append(e.data, t) }
	switch v := v.(type) {
	case nil:
		tag(anyNil)
	case string:
		tag(anyString)
		e.string(v)
	case bool:
		tag(anyBool)
		e.value(reflect.ValueOf(v))
	case int:
		tag(anyInt)
		e.int(int64(v))
	case int64:
		tag(anyInt64)
		e.int(v)
	case uint64:
		tag(anyUint64)
		e.uint(v)
	case float64:
		tag(anyFloat)
		e.uint(math.Float64bits(v))
	case []any:
		tag(anyList)
		e.value(reflect.ValueOf(v))
	case map[string]any:
		tag(anyMap)
		e.value(reflect.ValueOf(v))
	default:
		panic(fmt.Sprintf("compact: no encoding for %T in an interface", v))
	}
}

// decoder reads what encoder wrote. After the first error it returns zero
// values. Strings share the memory of the input.
type decoder struct {
	data  string
	err   error
	named reflect.Type
	find  func(name string) reflect.Value // what a name stands for, nil for nothing
}

func (c Codec[R]) decoder(data string, find func(name string) *R) *decoder {
	return &decoder{data: data, named: reflect.TypeFor[R](), find: func(name string) reflect.Value { return reflect.ValueOf(find(name)) }}
}

// Decode fills *into; find says what a name stands for, nil for nothing. Bytes
// that are not the encoding of such a value and nothing more are [ErrDamaged].
func (c Codec[R]) Decode(data string, into any, find func(name string) *R) error {
	rest, err := c.DecodeFirst(data, into, find)
	if err == nil && rest != "" {
		err = ErrDamaged
	}
	return err
}

// DecodeFirst fills *into with the first of the values that were encoded, and
// returns the encoding of the others.
func (c Codec[R]) DecodeFirst(data string, into any, find func(name string) *R) (rest string, err error) {
	d := c.decoder(data, find)
	d.value(reflect.ValueOf(into).Elem())
	return d.data, d.err
}

func (d *decoder) fail() { d.err, d.data = ErrDamaged, "" }

func (d *decoder) byte() byte {
	if d.data == "" {
		d.fail()
		return 0
	}
	b := d.data[0]
	d.data = d.data[1:]
	return b
}

func (d *decoder) uint() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	d.fail()
	return 0
}

func (d *decoder) int() int64 {
	n := d.uint()
	return int64(n>>1) ^ -int64(n&1)
}

// length reads the length of what has at least one byte for each element.
func (d *decoder) length() int {
	n := d.uint()
	if n > uint64(len(d.data)) {
		d.fail()
		return 0
	}
	return int(n)
}

func (d *decoder) string() string {
	n := d.length()
	s := d.data[:n]
	d.data = d.data[n:]
	return s
}

func (d *decoder) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(d.string())
	case reflect.Bool:
		v.SetBool(d.byte() != 0)
	case reflect.Int:
		v.SetInt(d.int())
	case reflect.Pointer:
		d.pointer(v)
	case reflect.Slice:
		n := d.length()
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			d.value(v.Index(i))
		}
	case reflect.Map:
		d.mapping(v)
	case reflect.Interface:
		if value := d.any(); value != nil {
			v.Set(reflect.ValueOf(value))
		}
	case reflect.Struct:
		if v.Type() == timeType {
			v.Set(reflect.ValueOf(d.time()))
			return
		}
		d.fields(v)
	default:
		d.fail()
	}
}

func (d *decoder) pointer(v reflect.Value) {
	if v.Type().Elem() == d.named {
		found := d.find(d.string())
		if found.IsNil() {
			d.fail()
			return
		}
		v.Set(found)
		return
	}
	v.Set(reflect.New(v.Type().Elem()))
	d.value(v.Elem())
}

func (d *decoder) fields(v reflect.Value) {
	for d.err == nil {
		i := int(d.byte()) - 1
		if i < 0 {
			return
		}
		if i >= v.NumField() || !v.Field(i).CanSet() {
			d.fail()
			return
		}
		d.value(v.Field(i))
	}
}

func (d *decoder) mapping(v reflect.Value) {
	n := d.length()
	v.Set(reflect.MakeMapWithSize(v.Type(), n))
	for range n {
		key := reflect.ValueOf(d.string())
		value := reflect.New(v.Type().Elem()).Elem()
		d.value(value)
		v.SetMapIndex(key, value)
	}
}

func (d *decoder) time() time.Time {
	t, offset := time.Unix(d.int(), int64(d.uint())), d.int()
	if offset == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", int(offset)))
}

func (d *decoder) any() any {
	switch d.byte() {
	case anyString:
		return d.string()
	case anyBool:
		return d.byte() != 0
	case anyInt:
		return int(d.int())
	case anyInt64:
		return d.int()
	case anyUint64:
		return d.uint()
	case anyFloat:
		return math.Float64frombits(d.uint())
	case anyList:
		list := []any{}
		d.value(reflect.ValueOf(&list).Elem())
		return list
	case anyMap:
		m := map[string]any{}
		d.value(reflect.ValueOf(&m).Elem())
		return m
	}
	return nil
}

// Layout is a text that changes whenever the form of some values does: the fields
// of their types and of all types inside of them, and the parts of a time.
func (c Codec[R]) Layout(values ...any) string {
	seen := make(map[reflect.Type]string)
	for _, v := range values {
		layout(reflect.TypeOf(v), reflect.TypeFor[R](), seen)
	}
	text := "time.Time seconds nanoseconds offset\n"
	for _, t := range slices.SortedFunc(maps.Keys(seen), func(a, b reflect.Type) int { return cmp.Compare(a.String(), b.String()) }) {
		text += t.String() + seen[t] + "\n"
	}
	return text
}

// layout notes the fields of a struct type and of those inside of it.
func layout(t, named reflect.Type, seen map[reflect.Type]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		layout(t.Elem(), named, seen)
		return
	case reflect.Struct:
	default:
		return
	}
	if _, done := seen[t]; done || t == timeType || t == named {
		return
	}
	seen[t] = ""
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			seen[t] += fmt.Sprintf(" %d:%s:%s", i, f.Name, f.Type)
			layout(f.Type, named, seen)
		}
	}
}
