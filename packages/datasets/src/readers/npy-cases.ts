// Written by scripts/npy-cases.py with NumPy. Do not edit.

/** Files of NumPy, and what they hold. */
export const npyCases: readonly {
  readonly name: string;
  readonly base64: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly values: readonly number[];
}[] = [
  {
    name: "float32",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPgAAAD8AAEA/AACAPwAAoD8=",
    dtype: "float32",
    shape: [2, 3],
    values: [0.0, 0.25, 0.5, 0.75, 1.0, 1.25],
  },
  {
    name: "float64 in Fortran order",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAANg/AAAAAAAAwD8AAAAAAADgPwAAAAAAANA/AAAAAAAA5D8=",
    dtype: "float64",
    shape: [2, 3],
    values: [0.0, 0.125, 0.25, 0.375, 0.5, 0.625],
  },
  {
    name: "float32, big-endian",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIArAIAAAv8AAAL8AAAA/AAAAP8AAAEAgAAA=",
    dtype: "float32",
    shape: [2, 3],
    values: [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5],
  },
  {
    name: "int32",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGk0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9/////v////////8AAAAAAQAAAAIAAAA=",
    dtype: "int32",
    shape: [2, 3],
    values: [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0],
  },
  {
    name: "int64, big-endian",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPmk4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAP////////wY////////+DD////////0SP////////Bg////////7Hg=",
    dtype: "int32",
    shape: [2, 3],
    values: [0.0, -1000.0, -2000.0, -3000.0, -4000.0, -5000.0],
  },
  {
    name: "uint8 of rank 3 in Fortran order",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnfHUxJywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMywgNCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoADAQQCBQBDQURCRUCDgYSChYDDwcTCxc=",
    dtype: "int32",
    shape: [2, 3, 4],
    values: [
      0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0, 19.0,
      20.0, 21.0, 22.0, 23.0,
    ],
  },
  {
    name: "bool",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnfGIxJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoBAAEAAQA=",
    dtype: "bool",
    shape: [2, 3],
    values: [1.0, 0.0, 1.0, 0.0, 1.0, 0.0],
  },
  {
    name: "int16",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGkyJywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAr9//7///8AAAEAAgA=",
    dtype: "int32",
    shape: [2, 3],
    values: [-3.0, -2.0, -1.0, 0.0, 1.0, 2.0],
  },
  {
    name: "a number alone",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKCksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAEQA==",
    dtype: "float64",
    shape: [],
    values: [2.5],
  },
  {
    name: "nothing",
    base64:
      "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDAsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAo=",
    dtype: "float32",
    shape: [0, 3],
    values: [],
  },
  {
    name: "version 2",
    base64:
      "k05VTVBZAgB0AAAAeydkZXNjcic6ICc8ZjgnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAPA/AAAAAAAAAEAAAAAAAAAIQAAAAAAAABBAAAAAAAAAFEA=",
    dtype: "float64",
    shape: [2, 3],
    values: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
  },
  {
    name: "version 3",
    base64:
      "k05VTVBZAwB0AAAAeydkZXNjcic6ICc8aTQnLCAnZm9ydHJhbl9vcmRlcic6IEZhbHNlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAQAAAAIAAAADAAAABAAAAAUAAAA=",
    dtype: "int32",
    shape: [2, 3],
    values: [0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
  },
];
