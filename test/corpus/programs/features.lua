-- Goes through most of the interpreter and its libraries, little of each: a fixed run for comparing values with a debugger's.
local Account = {}
Account.__index = Account
Account.__add = function(a, b) return Account.new(a.sum + b.sum) end
Account.__eq = function(a, b) return a.sum == b.sum end
Account.__lt = function(a, b) return a.sum < b.sum end
Account.__le = function(a, b) return a.sum <= b.sum end
Account.__concat = function(a, b) return tostring(a) .. tostring(b) end
Account.__tostring = function(a) return "account " .. a.sum end
Account.__len = function(a) return a.sum end
Account.__call = function(a, more) a.sum = a.sum + more return a end
Account.__close = function(a) a.sum = 0 end
Account.__gc = function() end
function Account.new(sum) return setmetatable({ sum = sum }, Account) end

local a, b = Account.new(10), Account.new(32)
print(tostring(a + b), a == b, a < b, a <= b, a .. b, #a, a(5).sum)
do local closing <close> = Account.new(1) end

local function vararg(...)
  local n = select("#", ...)
  local packed = table.pack(...)
  return n, packed[n], select(2, ...)
end
print(vararg(1, "two", 3.5, nil, true))

local function counter()
  local count = 0
  return function(step) count = count + (step or 1) return count end
end
local next_number = counter()
for i = 1, 5 do next_number(i) end
for i = 10, 1, -3 do next_number(i) end
for x = 0.5, 2.0, 0.5 do next_number(x) end
print(next_number())

local producer = coroutine.wrap(function(first)
  for i = 1, 3 do first = coroutine.yield(i, first) end
  return "done"
end)
print(producer("a"), producer("b"), producer("c"), producer("d"))
local failing = coroutine.create(function() error({ code = 7 }) end)
local ok, failure = coroutine.resume(failing)
print(ok, failure.code, coroutine.status(failing), coroutine.isyieldable())

print(pcall(error, "message", 0), select(2, pcall(function() local x = nil; return x.field end)))
print(xpcall(function() error("deep") end, function(m) return debug.traceback(m, 1):gsub("\n.*", "") end))
print(select(2, load("return 1 +")), load("return ...", "chunk", "t", {})(42))
print(pcall(string.rep), pcall(setmetatable, 1, {}), pcall(next, {}, "nothing"), pcall(tostring))

local words = {}
for word in ("the quick brown fox jumps over the lazy dog"):gmatch("%a+") do words[#words + 1] = word end
table.sort(words)
table.sort(words, function(x, y) return #x < #y or (#x == #y and x > y) end)
print(table.concat(words, " ", 2, 7), #words)
table.insert(words, 1, "first")
table.remove(words, 3)
print(table.unpack(table.move(words, 1, 3, 2)))
print(("key = value"):match("^(%w+)%s*=%s*(%w+)$"), ("a,b,,c"):find(",", 3, true), ("x"):rep(5, "-"))
print(("hello world"):gsub("o", { o = "0" }), ("abc"):gsub("%w", "%0%0"), ("abc"):gsub("", "-"), ("[x]"):match("%b[]"))
print(("THE (quick) fox"):find("%((%a+)%)"), ("f(a(b)c)d"):match("%((.*)%)"), ("  trim "):match("^%s*(.-)%s*$"))
print(string.format("%5d|%-8s|%08.3f|%x|%q|%g|%c|%i|%a", 42, "left", 3.14159, 255, "quo\"te\n", 1e100, 65, -7, 1.0))
print(string.pack("<i4z s1", 100, "zero", "short"):byte(1, -1))
print(string.unpack("<i4", "\1\2\3\4"), ("text"):upper():lower():reverse():len(), ("abc"):sub(-2))
print(utf8.char(72, 228, 8364, 128512), utf8.len("häß"), utf8.codepoint("€", 1))
for position, code in utf8.codes("aé") do io.write(position, ":", code, " ") end
print(math.floor(3.7), math.ceil(-3.2), math.max(1, 5, 3), math.tointeger(3.0), math.type(1), math.fmod(7, 3), math.sqrt(2))
print(7 // 2, 7 % -3, 7.5 // 2, -7 // 2, 2 ^ 10, 7 / 2, 1 << 4, 0xff >> 4, 5 & 3, 5 | 3, 5 ~ 3, ~0, 3 | 0)
print("10" + 5, "3" * "4", 10 .. 20, 1e15, 2 ^ 53, 1 / 0, -1 / 0, 0 / 0 ~= 0 / 0, math.mininteger, 0x7fffffffffffffff + 1)
print(tonumber("0x1p4"), tonumber("z", 36), tonumber("  12  "), tonumber("1e1"), tonumber("nope"), tonumber("10", 2))

local sparse = { [1] = 1, [2] = 2, [4] = 4, key = "v", [2.5] = true, [true] = false }
sparse[3] = 3
sparse.key = nil
local count = 0
for _ in pairs(sparse) do count = count + 1 end
for i, v in ipairs(sparse) do count = count + i * v end
print(count, rawlen(sparse), rawget(sparse, 2), rawequal(sparse, sparse), next({}))
local weak = setmetatable({}, { __mode = "k" })
weak[{}] = 1
weak[sparse] = 2
collectgarbage()
collectgarbage("incremental", 100, 200)
for i = 1, 40 do local garbage = { i, tostring(i), function() return i end } end
collectgarbage("step", 1)
collectgarbage("generational")
collectgarbage()
collectgarbage("incremental")
local proxy = setmetatable({}, { __index = function(_, key) return key .. "!" end, __newindex = function(t, k, v) rawset(t, k, v * 2) end })
proxy.double = 21
print(proxy.double, proxy.missing)
local i = 1
while true do
  i = i + 1
  if i % 2 == 0 then goto continue end
  if i > 7 then break end
  ::continue::
end
repeat i = i - 1 until i < 3
local info = debug.getinfo(1, "Sl")
print(i, info.short_src:match("[^/]*$"), info.currentline, debug.getlocal(1, 1))
debug.sethook(function() end, "l")
local traced = i + 1
debug.sethook()
local path = os.tmpname and "/dev/null"
local file = assert(io.open(path, "w"))
file:write("line\n", 12, " ", 3.5, "\n")
file:seek("set")
file:close()
for line in io.lines(arg[0], "L") do count = count + #line break end
print(os.date("!%Y", 0), os.time({ year = 2020, month = 1, day = 1, hour = 12 }), os.getenv("NOTHING"), type(os.clock()))
print(require("string") == string, package.loaded._G == _G, pcall(require, "no.such.module"))
print(string.dump(counter):sub(2, 4), load(string.dump(counter))()(3), traced)
