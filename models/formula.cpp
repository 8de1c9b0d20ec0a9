#include "models/formula.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <utility>

#include "core/error.h"

namespace strang {
namespace {

using Operation = Formula::Operation;
using Kind = Operation::Kind;

constexpr std::array<std::pair<const char*, Kind>, 3> functions = {
    {{"sqrt", Kind::sqrt}, {"exp", Kind::exp}, {"log", Kind::log}}};

// Recursive descent into postfix order.
class Parser {
 public:
  Parser(const std::string& text, const std::vector<std::string>& names, const std::string& where)
      : text_(text), names_(names), where_(where) {}

  std::vector<Operation> parse() {
    sum();
    if (peek() != 0) fail("expected an operator or the end");
    return std::move(operations_);
  }

 private:
  void sum() {
    product();
    while (peek() == '+' || peek() == '-') {
      const bool plus = text_[at_++] == '+';
      product();
      put(plus ? Kind::add : Kind::subtract);
    }
  }

  void product() {
    factor();
    while (peek() == '*' || peek() == '/') {
      const bool times = text_[at_++] == '*';
      factor();
      put(times ? Kind::multiply : Kind::divide);
    }
  }

  void factor() {
    if (peek() == '-') {
      ++at_;
      factor();
      return put(Kind::negate);
    }
    atom();
    if (peek() != '^') return;
    ++at_;
    factor();
    put(Kind::power);
  }

  void atom() {
    const char next = peek();
    if (next == '(') return parenthesis();
    if (std::isdigit(static_cast<unsigned char>(next)) != 0 || next == '.') return number();
    if (std::isalpha(static_cast<unsigned char>(next)) != 0) return word();
    fail("expected a number, a name or '('");
  }

  void parenthesis() {
    ++at_;
    sum();
    if (peek() != ')') fail("expected ')'");
    ++at_;
  }

  void number() {
    double value = 0;
    const char* begin = text_.data() + at_;
    const auto result = std::from_chars(begin, text_.data() + text_.size(), value);
    if (result.ec != std::errc()) fail("expected a number");
    at_ += result.ptr - begin;
    operations_.push_back({Kind::number, value});
  }

  void word() {
    const std::size_t begin = at_;
    const auto belongs = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_'; };
    while (at_ < text_.size() && belongs(static_cast<unsigned char>(text_[at_]))) ++at_;
    const std::string name = text_.substr(begin, at_ - begin);
    for (const auto& [function, kind] : functions)
      if (name == function) {
        if (peek() != '(') fail("expected '(' after " + name);
        parenthesis();
        return put(kind);
      }
    const auto found = std::find(names_.begin(), names_.end(), name);
    if (found == names_.end()) {
      at_ = begin;
      fail(fmt::format("there is no '{}'{}; there are {}, and the functions sqrt, exp, log", name,
                       did_you_mean(name, names_), fmt::join(names_, ", ")));
    }
    operations_.push_back({Kind::name, 0, static_cast<std::size_t>(found - names_.begin())});
  }

  // The next character that is no space; 0 at the end.
  char peek() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  void put(Kind kind) { operations_.push_back({kind}); }

  [[noreturn]] void fail(const std::string& what) const {
    throw UsageError(
        fmt::format("{}: {}\n  {}\n  {}^", where_, what, text_, std::string(at_, ' ')));
  }

  const std::string& text_;
  const std::vector<std::string>& names_;
  const std::string& where_;
  std::size_t at_ = 0;
  std::vector<Operation> operations_;
};

double apply(Kind kind, double a) {
  if (kind == Kind::sqrt) return std::sqrt(a);
  if (kind == Kind::exp) return std::exp(a);
  return kind == Kind::log ? std::log(a) : -a;
}

double apply(Kind kind, double a, double b) {
  if (kind == Kind::add) return a + b;
  if (kind == Kind::subtract) return a - b;
  if (kind == Kind::multiply) return a * b;
  return kind == Kind::divide ? a / b : std::pow(a, b);
}

bool takes_two(Kind kind) { return kind >= Kind::add && kind <= Kind::power; }

}  // namespace

Formula::Formula(const std::string& text, const std::vector<std::string>& names,
                 const std::string& where)
    : operations_(Parser(text, names, where).parse()) {}

double Formula::operator()(std::span<const double> values) const {
  std::vector<double> stack;
  for (const Operation& operation : operations_) {
    if (operation.kind == Kind::number) {
      stack.push_back(operation.number);
    } else if (operation.kind == Kind::name) {
      stack.push_back(values[operation.name]);
    } else {
      const double last = stack.back();
      if (takes_two(operation.kind)) stack.pop_back();
      double& top = stack.back();
      top =
          takes_two(operation.kind) ? apply(operation.kind, top, last) : apply(operation.kind, top);
    }
  }
  return stack.back();
}

bool Formula::uses(std::size_t name) const {
  return std::any_of(operations_.begin(), operations_.end(), [&](const Operation& operation) {
    return operation.kind == Kind::name && operation.name == name;
  });
}

}  // namespace strang
