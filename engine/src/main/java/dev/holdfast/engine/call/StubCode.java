// SPDX-License-Identifier: Apache-2.0
package dev.holdfast.engine.call;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.CD_String;
import static java.lang.constant.ConstantDescs.CD_void;

import dev.holdfast.ObjectStub;
import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodType;
import java.lang.reflect.AccessFlag;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Writes the class file of a {@link StubClass}. As Java, for an interface with one method:
 *
 * <pre>{@code
 * final class Counter$$HoldfastStub implements Counter, ObjectStub.Typed {
 *   static Method[] methods;
 *   private final InvocationHandler target;
 *
 *   Counter$$HoldfastStub(InvocationHandler target) { this.target = target; }
 *
 *   public ObjectStub objectStub() { return (ObjectStub) target; }
 *
 *   public String toString() { return target.toString(); }
 *
 *   public long increment(long by) {
 *     return (Long) target.invoke(this, methods[0], new Object[] {by});
 *   }
 * }
 * }</pre>
 *
 * Two stubs are equal if they are the same, as by {@code Object}. Exceptions pass as they are.
 */
final class StubCode {
  /** The static field that says which method is which; to be set before the first stub is made. */
  static final String METHODS = "methods";

  private static final String TARGET = "target";

  private static final ClassDesc HANDLER = desc(InvocationHandler.class);
  private static final ClassDesc METHOD = desc(Method.class);
  private static final ClassDesc OBJECT_STUB = desc(ObjectStub.class);
  private static final MethodTypeDesc INVOKE =
      MethodTypeDesc.of(CD_Object, CD_Object, METHOD, CD_Object.arrayType());

  private final ClassDesc self;

  private StubCode(ClassDesc self) {
    this.self = self;
  }

  /**
   * The bytes of a class.
   *
   * @param type the interface
   * @param name of the class
   * @param methods which methods it passes on, as {@link #METHODS} will list them
   */
  static byte[] write(Class<?> type, String name, List<Method> methods) {
    StubCode code = new StubCode(ClassDesc.of(name));
    return ClassFile.of().build(code.self, stub -> code.write(stub, type, methods));
  }

  /** The erased types of a method. */
  static MethodTypeDesc descriptor(Method method) {
    return MethodTypeDesc.ofDescriptor(
        MethodType.methodType(method.getReturnType(), method.getParameterTypes())
            .descriptorString());
  }

  private void write(ClassBuilder stub, Class<?> type, List<Method> methods) {
    stub.withFlags(AccessFlag.FINAL, AccessFlag.SYNTHETIC)
        .withInterfaceSymbols(desc(type), desc(ObjectStub.Typed.class))
        .withField(METHODS, METHOD.arrayType(), ClassFile.ACC_STATIC)
        .withField(TARGET, HANDLER, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL)
        .withMethodBody(
            ConstantDescs.INIT_NAME, MethodTypeDesc.of(CD_void, HANDLER), 0, this::constructor)
        .withMethodBody(
            "objectStub",
            MethodTypeDesc.of(OBJECT_STUB),
            ClassFile.ACC_PUBLIC,
            code -> target(code).checkcast(OBJECT_STUB).areturn())
        .withMethodBody(
            "toString",
            MethodTypeDesc.of(CD_String),
            ClassFile.ACC_PUBLIC,
            code ->
                target(code)
                    .invokevirtual(CD_Object, "toString", MethodTypeDesc.of(CD_String))
                    .areturn());
    Set<String> written = new HashSet<>();
    for (int i = 0; i < methods.size(); i++) {
      Method method = methods.get(i);
      MethodTypeDesc descriptor = descriptor(method);
      int index = i;
      // Of several super-interfaces with the same method, one is enough.
      if (written.add(method.getName() + descriptor.descriptorString())) {
        stub.withMethodBody(
            method.getName(),
            descriptor,
            ClassFile.ACC_PUBLIC,
            code -> {
              invoke(code, index, method.getParameterTypes());
              giveBack(code, method.getReturnType());
            });
      }
    }
  }

  private void constructor(CodeBuilder code) {
    code.aload(0)
        .invokespecial(CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
        .aload(0)
        .aload(1)
        .putfield(self, TARGET, HANDLER)
        .return_();
  }

  private CodeBuilder target(CodeBuilder code) {
    return code.aload(0).getfield(self, TARGET, HANDLER);
  }

  private void invoke(CodeBuilder code, int index, Class<?>[] parameters) {
    target(code).aload(0).getstatic(self, METHODS, METHOD.arrayType()).loadConstant(index).aaload();
    if (parameters.length == 0) {
      code.aconst_null();
    } else {
      code.loadConstant(parameters.length).anewarray(CD_Object);
    }
    for (int i = 0; i < parameters.length; i++) {
      code.dup().loadConstant(i).loadLocal(TypeKind.from(parameters[i]), code.parameterSlot(i));
      if (parameters[i].isPrimitive()) {
        ClassDesc box = box(parameters[i]);
        code.invokestatic(box, "valueOf", MethodTypeDesc.of(box, desc(parameters[i])));
      }
      code.aastore();
    }
    code.invokeinterface(HANDLER, "invoke", INVOKE);
  }

  private static void giveBack(CodeBuilder code, Class<?> result) {
    if (result == void.class) {
      code.pop().return_();
    } else if (result.isPrimitive()) {
      code.checkcast(box(result))
          .invokevirtual(box(result), result.getName() + "Value", MethodTypeDesc.of(desc(result)))
          .return_(TypeKind.from(result));
    } else {
      code.checkcast(desc(result)).areturn();
    }
  }

  private static ClassDesc box(Class<?> primitive) {
    return desc(MethodType.methodType(primitive).wrap().returnType());
  }

  private static ClassDesc desc(Class<?> type) {
    return ClassDesc.ofDescriptor(type.descriptorString());
  }
}
