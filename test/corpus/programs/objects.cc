#include "objects.h"

int Named::count = 0;

// gcc -O2 puts what is not expected, and what throws, into a cold part.
static __attribute__((noinline)) int checked(int n) {
  if (__builtin_expect(n < 0, 0)) {
    std::fprintf(stderr, "negative: %d\n", n);
    std::abort();
  }
  if (n > 1000000)
    throw std::out_of_range("n is " + std::to_string(n));
  return n + 1;
}

static __attribute__((noinline)) int chosen(int n) {
  switch (n % 6) {
  case 0:
    return checked(n);
  case 1:
    n += 5;
    [[fallthrough]];
  case 2:
    return n * 3;
  case 3: {
    int shadow = n;
    {
      int shadow = n * 2;
      n += shadow;
    }
    return n - shadow;
  }
  default:
    return own_copy(n);
  }
}

static int with_lambdas(int n) {
  int total = 0;
  Ring<int, 4> numbers;
  Ring<double, 3> halves;
  for (int i = 0; i < n; i++) {
    numbers.push(i);
    halves.push(i / 2.0);
  }
  auto add = [&total, n](int x) {
    total += x + n;
    return total;
  };
  numbers.each(add);
  halves.each([&](double x) {
    total += static_cast<int>(x);
    auto inner = [&] { return total + n; };
    total = inner();
  });
  auto generic = [](auto a, auto b) {
    return a + b;
  };
  return generic(total, 1) + static_cast<int>(generic(1.5, 2.5));
}

static int with_bindings(int n) {
  auto [value, text] = other_unit(n);
  std::pair<int, int> pair{n, value};
  auto &[first, second] = pair;
  first += second;
  int array[3] = {n, n + 1, n + 2};
  auto [x, y, z] = array;
  return value + static_cast<int>(text.size()) + pair.first + x + y + z;
}

static int with_exceptions(int n) {
  int caught = 0;
  try {
    caught = checked(n * 1000);
  } catch (const std::out_of_range &error) {
    caught = static_cast<int>(std::string(error.what()).size());
  } catch (...) {
    caught = -1;
  }
  return caught;
}

int main(int argc, char **argv) {
  int n = argc > 1 ? std::atoi(argv[1]) : 12;
  int total = 0;
  {
    Box box(n, n + 1);
    Wide wide(n);
    High *high = new High(n);
    total += box.measure() + wide.measure() + high->measure();
    delete high;
  }
  for (int i = 0; i < n; i++) {
    total = inlined_often(total, chosen(i));
    if (i % 3 == 0)
      total = inlined_often(total, -i);
  }
  total += with_lambdas(n) + with_bindings(n) + with_exceptions(n);
  total += shared_inline(n) + sum_of(1, 2.5, 'c') + sum_of(n) + kind_of(n) + kind_of(2.0);
  std::printf("%d %d %d\n", total, Named::count, Wide::total);
  return 0;
}
