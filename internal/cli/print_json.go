package cli

import (
	"reflect"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// settled is a document as all documents are: no list and no map is null, and times are
// in UTC, by the second, so that they sort as text. A record in it stays as it was written.
func settled(document any) any {
	v := reflect.ValueOf(document)
	if v.Kind() == reflect.Struct {
		v = reflect.New(v.Type())
		v.Elem().Set(reflect.ValueOf(document))
	}
	settle(v)
	return v.Interface()
}

// settle settles what v points to or holds, where it can be set.
func settle(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && v.Type() != reflect.TypeFor[*handoff.Record]() {
			settlePointer(v)
		}
	case reflect.Interface:
		settleInterface(v)
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(v.Interface().(time.Time).UTC().Truncate(time.Second)))
			return
		}
		for i := range v.NumField() {
			if field := v.Type().Field(i); field.IsExported() || field.Anonymous {
				settle(v.Field(i))
			}
		}
	case reflect.Slice:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), 0, 0))
		}
		for i := range v.Len() {
			settle(v.Index(i))
		}
	case reflect.Map:
		if v.IsNil() && v.CanSet() {
			v.Set(reflect.MakeMap(v.Type()))
		}
	}
}

// settlePointer settles what v points to. A time that others may hold as well stays.
func settlePointer(v reflect.Value) {
	if v.Type() == reflect.TypeFor[*time.Time]() && v.CanSet() {
		own := reflect.New(v.Type().Elem())
		own.Elem().Set(v.Elem())
		v.Set(own)
	}
	settle(v.Elem())
}

// settleInterface settles what an interface holds: what it points to, or a copy.
func settleInterface(v reflect.Value) {
	switch held := v.Elem(); held.Kind() {
	case reflect.Pointer:
		settle(held)
	case reflect.Struct:
		own := reflect.New(held.Type()).Elem()
		own.Set(held)
		settle(own)
		v.Set(own)
	}
}
