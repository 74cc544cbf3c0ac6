// What two units share: all that gives one source line several places, or takes them away.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

// In both units: the linker keeps one copy (COMDAT).
inline __attribute__((noinline)) int shared_inline(int n) {
  int twice = n * 2;
  if (twice > 100)
    twice -= 100;
  return twice;
}

// In both units: each keeps its own.
static __attribute__((noinline)) int own_copy(int n) {
  int sum = 0;
  for (int i = 0; i < n; i++)
    sum += i ^ n;
  return sum;
}

static inline __attribute__((always_inline)) int inlined_often(int a, int b) {
  int sum = a + b;
  if (sum > 1000)
    sum = 1000;
  return sum;
}

// A virtual base: each class has a complete (C1) and a base (C2) constructor, and three destructors.
struct Named {
  explicit Named(const char *name) : name(name) {
    count++;
  }
  virtual ~Named() {
    count--;
  }
  virtual int measure() const = 0;
  const char *name;
  static int count;
};

struct Wide : virtual Named {
  explicit Wide(int width) : Named("wide"), width(width) {
    total += width;
  }
  ~Wide() override {
    total -= width;
  }
  int measure() const override { return width; }
  int width;
  static inline int total = 0;
};

struct High : virtual Named {
  explicit High(int height);
  ~High() override;
  int measure() const override { return height; }
  int height;
};

struct Box : Wide, High {
  Box(int width, int height) : Named("box"), Wide(width), High(height) {
    depth = inlined_often(width, height);
  }
  int measure() const override {
    int face = width * height;
    return inlined_often(face, depth);
  }
  int depth = 1;
};

template <class T, int N> struct Ring {
  T items[N] = {};
  int next = 0;
  T push(const T &item) {
    T old = items[next];
    items[next] = item;
    next = (next + 1) % N;
    return old;
  }
  template <class F> int each(F f) const {
    int calls = 0;
    for (const T &item : items) {
      f(item);
      calls++;
    }
    return calls;
  }
};

template <class... Parts> int sum_of(Parts... parts) {
  int sum = 0;
  ((sum += static_cast<int>(parts)), ...);
  return sum;
}

template <class T> int kind_of(T value) {
  if constexpr (sizeof(T) > 4) {
    return static_cast<int>(value) + 8;
  } else {
    return static_cast<int>(value) + 4;
  }
}

std::tuple<int, std::string> other_unit(int n);
