@org.jspecify.annotations.NullMarked
package io.dowding;
