// SPDX-License-Identifier: Apache-2.0

import Diagnostics

/// What a function takes, and which family of functions runs it.
struct Signature: Sendable {
  /// The Go type of a parameter.
  enum Parameter: Character, Sendable {
    case string = "s"
    case int = "i"
    case float = "f"
    case bool = "b"
    case map = "m"
    case any = "a"

    var word: String {
      switch self {
      case .string: "a string"
      case .int: "an integer"
      case .float: "a floating-point number"
      case .bool: "a boolean"
      case .map: "a map"
      case .any: "a value"
      }
    }
  }

  /// Where the function is written.
  enum Family: Sendable {
    case basic, text, words, numbers, lists, maps, encoding, patterns, versions
  }

  let name: String
  let parameters: [Parameter]
  let rest: Parameter?
  let family: Family

  init(name: String, parameters: [Parameter], rest: Parameter?, family: Family) {
    self.name = name
    self.parameters = parameters
    self.rest = rest
    self.family = family
  }

  /// All functions by name.
  static let all: [String: Signature] = {
    var result: [String: Signature] = [:]
    for (family, lines) in lists {
      for line in lines.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
        let words = line.split(separator: " ")
        guard let name = words.first else { continue }
        let letters = words.dropFirst().first ?? ""
        let star = letters.firstIndex(of: "*") ?? letters.endIndex
        result[String(name)] = Signature(
          name: String(name), parameters: letters[..<star].compactMap { Parameter(rawValue: $0) },
          rest: letters[star...].dropFirst().first.flatMap { Parameter(rawValue: $0) },
          family: family)
      }
    }
    return result
  }()

  /// A name, the letters of its parameters, and after `*` that of any number of further ones.
  private static let lists: [(Family, String)] = [
    (
      .basic,
      """
      and a*a,or a*a,not a,eq a*a,ne aa,lt aa,le aa,gt aa,ge aa,len a,index a*a,print *a,println *a
      printf s*a,html *a,js *a,urlquery *a,call a*a,default a*a,empty a,coalesce *a,all *a,any *a
      ternary aab,fail s,typeOf a,typeIs sa,typeIsLike sa,kindOf a,kindIs sa,deepEqual aa,hello
      deepCopy a,mustDeepCopy a,toString a,toStrings a,quote *a,squote *a,cat *a,join sa
      """
    ),
    (
      .text,
      """
      trim s,trimAll ss,trimall ss,trimSuffix ss,trimPrefix ss,upper s,lower s,title s,untitle s
      substr iis,repeat is,trunc is,nospace s,contains ss,hasPrefix ss,hasSuffix ss,indent is
      nindent is,replace sss,plural ssi,split ss,splitList ss,splitn sis,abbrev is,abbrevboth iis
      regexQuoteMeta s
      """
    ),
    (
      .words,
      """
      initials s,swapcase s,snakecase s,camelcase s,kebabcase s,wrap is,wrapWith iss
      base s,dir s,ext s,clean s,isAbs s,osBase s,osDir s,osExt s,osClean s,osIsAbs s
      """
    ),
    (
      .numbers,
      """
      add1 a,add *a,sub aa,mul a*a,div aa,mod aa,max a*a,biggest a*a,min a*a,maxf a*a,minf a*a
      ceil a,floor a,round ai*f,int a,int64 a,float64 a,atoi s,toDecimal a,until i,untilStep iii
      seq *i,add1f a,addf *a,subf a*a,mulf a*a,divf a*a
      """
    ),
    (
      .lists,
      """
      list *a,tuple *a,first a,mustFirst a,rest a,mustRest a,last a,mustLast a,initial a
      mustInitial a,append aa,mustAppend aa,push aa,mustPush aa,prepend aa,mustPrepend aa,concat *a
      reverse a,mustReverse a,uniq a,mustUniq a,without a*a,mustWithout a*a,has aa,mustHas aa
      compact a,mustCompact a,slice a*a,mustSlice a*a,chunk ia,mustChunk ia,sortAlpha a
      """
    ),
    (
      .maps,
      """
      dict *a,get ms,set msa,unset ms,hasKey ms,pluck s*m,dig *a,merge m*m,mustMerge m*m
      mergeOverwrite m*m,mustMergeOverwrite m*m,keys *m,pick m*s,omit m*s,values m
      """
    ),
    (
      .encoding,
      """
      b64enc s,b64dec s,b32enc s,b32dec s,adler32sum s,toJson a,mustToJson a,toPrettyJson a
      mustToPrettyJson a,toRawJson a,mustToRawJson a,fromJson s,mustFromJson s
      """
    ),
    (
      .patterns,
      """
      regexMatch ss,mustRegexMatch ss,regexFindAll ssi,mustRegexFindAll ssi,regexFind ss
      mustRegexFind ss,regexReplaceAll sss,mustRegexReplaceAll sss,regexReplaceAllLiteral sss
      mustRegexReplaceAllLiteral sss,regexSplit ssi,mustRegexSplit ssi
      """
    ),
    (.versions, "semverCompare ss"),
  ]

  /// Fails as Go does when the number or the types of the arguments are wrong.
  func check(_ values: [GoValue]) throws(Failure) {
    let least = parameters.count
    if values.count < least || (rest == nil && values.count > least) {
      let most = rest == nil ? "" : "at least "
      throw Failure(
        "function '\(name)' wants \(most)\(Wording.count(least, "argument")), got \(values.count)")
    }
    for (index, value) in values.enumerated() {
      guard let parameter = index < least ? parameters[index] : rest else { continue }
      switch (parameter, value) {
      case (.any, _), (.string, .string), (.int, .int(_, isLong: false)), (.float, .float),
        (.float, .int(_, isLong: false)), (.bool, .bool):
        continue
      case (.map, .map(let map)) where map.element == .any: continue
      case (.int, .int), (.int, .float):
        throw Failure(
          "argument \(index + 1) of '\(name)' must be an integer (int), not \(value.type)",
          hint: "convert it: (int …)")
      case (.string, .int), (.string, .float), (.string, .bool):
        throw Failure(
          "argument \(index + 1) of '\(name)' must be a string, not \(value.word)",
          hint: "convert it: (toString …)")
      case (.map, .map(let map)):
        throw Failure(
          "argument \(index + 1) of '\(name)' must be a map of any values, "
            + "not of \(map.element.word)s")
      default:
        throw Failure(
          "argument \(index + 1) of '\(name)' must be \(parameter.word), not \(value.word)")
      }
    }
  }

  func run(_ call: Call) throws -> GoValue {
    switch family {
    case .basic: try BasicFunctions.run(call)
    case .text: try TextFunctions.run(call)
    case .words: try WordFunctions.run(call)
    case .numbers: try NumberFunctions.run(call)
    case .lists: try ListFunctions.run(call)
    case .maps: try MapFunctions.run(call)
    case .encoding: try EncodingFunctions.run(call)
    case .patterns: try PatternFunctions.run(call)
    case .versions: try VersionConstraint.run(call)
    }
  }
}

/// A call of a function whose arguments have been checked against its signature.
struct Call {
  let name: String
  let arguments: [GoValue]
  let budget: Budget

  /// Counts the size of the arguments as steps.
  func pay() throws(Failure) {
    for argument in arguments { try budget.spend(argument.weight) }
  }

  subscript(_ index: Int) -> GoValue { index < arguments.count ? arguments[index] : .null }
  func rest(_ index: Int) -> ArraySlice<GoValue> { arguments.dropFirst(index) }

  func bytes(_ index: Int) -> GoString {
    if case .string(let text) = self[index] { text } else { [] }
  }

  func int(_ index: Int) -> Int {
    if case .int(let number, _) = self[index] { Int(number) } else { 0 }
  }

  func map(_ index: Int) -> GoMap {
    if case .map(let map) = self[index] { map } else { GoMap() }
  }

  /// The list that a function wants, or a failure that names the function.
  func items(_ index: Int) throws(Failure) -> [GoValue] {
    if case .list(let items, _) = self[index] { return items }
    throw Failure(
      "argument \(index + 1) of '\(name)' must be a list, not \(self[index].word)")
  }

  /// What a family says about a name that is not its own.
  var unknown: Failure { Failure("there is no function \(Wording.quoted(name))") }
}
