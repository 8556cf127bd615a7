package handoff

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"sync"
	"time"
)

// The compact form in which a derived store keeps records and folded things:
// a struct is its fields that say something, each behind its number, and a
// zero byte. Which number a field has depends on its place in the struct, so
// the form is only for stores that are rebuilt when [CodecLayout] changes.

// errCodec says that bytes are not what the encoder wrote.
var errCodec = errors.New("damaged encoding")

var (
	timeType   = reflect.TypeFor[time.Time]()
	recordType = reflect.TypeFor[Record]()
)

// encoder appends values. A pointer to a record becomes its id.
type encoder struct{ data []byte }

// encoders keep their memory: most of the values are a little longer than the one
// before.
var encoders = sync.Pool{New: func() any { return new(encoder) }}

// encodeValue returns some values one after the other.
func encodeValue(values ...any) []byte {
	e := encoders.Get().(*encoder)
	defer encoders.Put(e)
	e.data = e.data[:0]
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
		if v.Type().Elem() == recordType {
			e.string(v.Interface().(*Record).ID)
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
		panic(fmt.Sprintf("handoff: no encoding for %s", v.Type())) // a type of this package that the codec does not know
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

// The tags of values that YAML allows in an extension.
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
		panic(fmt.Sprintf("handoff: no encoding for %T in an extension", v)) // Parse makes no other
	}
}

// decoder reads what encoder wrote. After the first error it returns zero
// values. Strings share the memory of the input.
type decoder struct {
	data   string
	err    error
	record func(id string) *Record // what the id of a record stands for
}

// decodeValue fills *into and reports whether data was the encoding of such a
// value and nothing more.
func decodeValue(data string, into any, record func(id string) *Record) error {
	d := decoder{data: data, record: record}
	d.value(reflect.ValueOf(into).Elem())
	if d.err == nil && d.data != "" {
		d.err = errCodec
	}
	return d.err
}

func (d *decoder) fail() { d.err, d.data = errCodec, "" }

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
	if v.Type().Elem() == recordType {
		r := d.record(d.string())
		if r == nil {
			d.fail()
			return
		}
		v.Set(reflect.ValueOf(r))
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

// savedRecord is a record without what its body type says. Hashes are raw.
type savedRecord struct {
	Schema string
	Kind   Kind
	ID     string
	At     Time
	By     string
	Ext    map[string]any
	Path   string
	Blob   string
	Digest string
}

// EncodeRecord returns the compact form of a record. Where it was found, the
// ref and the commit, is not part of it.
func EncodeRecord(r *Record) []byte {
	return encodeValue(savedRecord{
		Schema: r.Schema, Kind: r.Kind, ID: r.ID, At: r.At, By: r.By, Ext: r.Ext,
		Path: r.Source.Path, Blob: rawHash(r.Source.Blob), Digest: rawHash(r.Source.Digest),
	}, r.Body)
}

// DecodeRecord reads what [EncodeRecord] returned.
func DecodeRecord(data []byte) (*Record, error) {
	r, body, err := DecodeHead(data)
	if err != nil {
		return nil, err
	}
	if r.Body = newBody(r.Kind); r.Body == nil {
		return nil, errCodec
	}
	if err := decodeValue(body, r.Body, nil); err != nil {
		return nil, err
	}
	return r, nil
}

// DecodeHead reads all of a record but its body, which is in the rest.
func DecodeHead(data []byte) (r *Record, rest string, err error) {
	d := decoder{data: string(data)}
	var s savedRecord
	d.value(reflect.ValueOf(&s).Elem())
	return &Record{
		Schema: s.Schema, Kind: s.Kind, ID: s.ID, At: s.At, By: s.By, Ext: s.Ext,
		Source: Source{Path: s.Path, Blob: hex.EncodeToString([]byte(s.Blob)), Digest: hex.EncodeToString([]byte(s.Digest))},
	}, d.data, d.err
}

// rawHash is a hash in half of the bytes that its hex digits take.
func rawHash(digits string) string {
	raw, err := hex.DecodeString(digits)
	if err != nil {
		panic("handoff: a hash of a record's source is not in hex digits")
	}
	return string(raw)
}

// CodecLayout is a text that changes whenever the compact form does: the
// fields of every type that is kept in it, and the parts of a time.
func CodecLayout() string {
	seen := make(map[reflect.Type]string)
	kept := []any{savedRecord{}, ItemState{}, BlockerState{}, QuestionState{}, savedDecision{}, savedHandoff{}, Watched{}}
	for _, kind := range Kinds {
		kept = append(kept, newBody(kind))
	}
	for _, v := range kept {
		layout(reflect.TypeOf(v), seen)
	}
	text := "time.Time seconds nanoseconds offset\n"
	for _, t := range slices.SortedFunc(maps.Keys(seen), func(a, b reflect.Type) int { return cmp.Compare(a.String(), b.String()) }) {
		text += t.String() + seen[t] + "\n"
	}
	return text
}

// layout notes the fields of a struct type and of those inside of it.
func layout(t reflect.Type, seen map[reflect.Type]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		layout(t.Elem(), seen)
		return
	case reflect.Struct:
	default:
		return
	}
	if _, done := seen[t]; done || t == timeType || t == recordType {
		return
	}
	seen[t] = ""
	for i := range t.NumField() {
		if f := t.Field(i); f.IsExported() {
			seen[t] += fmt.Sprintf(" %d:%s:%s", i, f.Name, f.Type)
			layout(f.Type, seen)
		}
	}
}
