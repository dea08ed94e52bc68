package cli

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

// finite is a value as JSON takes it: numbers that are not finite become null.
func finite(v any) any { return finiteValue(reflect.ValueOf(v)) }

func finiteValue(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Invalid:
		return nil
	case reflect.Float32, reflect.Float64:
		return num(v.Float())
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return finiteValue(v.Elem())
	case reflect.Slice, reflect.Array:
		out := make([]any, v.Len())
		for i := range out {
			out[i] = finiteValue(v.Index(i))
		}
		return out
	case reflect.Map:
		out := make(map[string]any, v.Len())
		for _, k := range v.MapKeys() {
			out[fmt.Sprint(k.Interface())] = finiteValue(v.MapIndex(k))
		}
		return out
	case reflect.Struct:
		return finiteStruct(v)
	case reflect.Func, reflect.Chan, reflect.Complex64, reflect.Complex128, reflect.UnsafePointer:
		return nil
	}
	return v.Interface()
}

// finiteStruct takes the exported fields by their names in JSON.
func finiteStruct(v reflect.Value) any {
	if m, ok := v.Interface().(json.Marshaler); ok {
		return m
	}
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = f.Name
		}
		out[name] = finiteValue(v.Field(i))
	}
	return out
}
