#!/usr/bin/perl
# Tier 3, make check-nodes: systems with next to nothing in them. One is libc,
# busybox, a small super-server and inftpd, below 5 MB. The other has busybox
# as its init, an inittab, and xinetd with the shipped entry.

use strict;
use warnings;

use File::Basename qw(dirname);
use File::Path qw(make_path remove_tree);
use FindBin;
use lib "$FindBin::Bin/lib";

my $dir;

BEGIN {
	$dir = ($ENV{abs_top_builddir} || "$FindBin::Bin/..") . '/nodes.d';
	system("$FindBin::Bin/nodes/unpack", $dir, qw(ipsvd busybox-static))
	    if $> == 0 && !$ENV{INFTPD_SYSTEM};
}

use Inftpd::System;
use Test::More;

my $busybox = "$dir/bin/busybox";

# A program in the root, at its own path or another, stripped; and the
# libraries that it names.
sub take {
	my ($root, $from, $to) = @_;

	$to //= $from;
	make_path(dirname("$root$to"));
	system('install', '-s', $from, "$root$to") == 0 or
	    die "install $from: $?\n";
	for my $library (qx(ldd $from 2>/dev/null) =~ m{(/\S+) \(0x}g) {
		next if -e "$root$library";
		make_path(dirname("$root$library"));
		system('cp', '-L', $library, "$root$library");
	}
}

sub make_root {
	my ($root) = @_;

	make_path(map { "$root$_" } qw(/bin /dev /etc /tmp /srv/ftp));
	system("mknod -m 666 $root/dev/null c 1 3") == 0 or die "mknod\n";
	take($root, $busybox, '/bin/busybox');
	symlink 'busybox', "$root/bin/$_" for qw(sh mkdir chown);
	take($root, program());
	take($root, helper_path());
	chown 0, 900, $root . helper_path();
	chmod 04750, $root . helper_path();
	write_file("$root/etc/passwd", "root:x:0:0::/:/bin/sh\n" .
	    "inftpd:x:900:900::/:/bin/false\nftp:x:901:901::/srv/ftp:/bin/false\n");
	write_file("$root/etc/group", "root:x:0:\ninftpd:x:900:\nftp:x:901:\n");
	make_path("$root/etc/inftpd");
	write_file("$root/etc/inftpd/inftpd.conf", "anonymous_enable=YES\n");
	write_file("$root/srv/ftp/file", "served\n" x 10000);
}

sub kilobytes {
	my ($size) = qx(du -sk --apparent-size $_[0]) =~ /^(\d+)/;

	return $size;
}

sub in_root { return grep { m{^\Q$_[0]\E} } map { readlink // () }
    glob '/proc/[0-9]*/exe' }

# Anonymous users get files, and all ends with them.
sub serves {
	my ($root, @conf) = @_;
	my $c = eval { dial() };

	ok($c, 'a client is greeted') or diag $@, read_file('/tmp/said');
	return if !$c;
	$c->login('anonymous');
	for my $how (qw(pasv port epsv)) {
		is(($c->retr('file', $how))[0], "served\n" x 10000,
		    "$how: a file");
	}
	my ($list) = $c->list('LIST');
	like("@$list", qr/70000 .*file$/, 'a listing');
	isnt(($c->stor('new', 'x'))[0], 226, 'nothing can be stored');
	$c->quit;
	ok(Inftpd::Test::wait_until(sub {
		!grep { /inftpd/ } in_root($root)
	}, 5), 'no session is left') or diag join ' ', in_root($root);
}

sub start {
	my ($root, @command) = @_;

	return Inftpd::System::start([@command], sub {
		open STDOUT, '>', '/tmp/said';
		open STDERR, '>&', \*STDOUT;
		chdir $root;
	});
}

plan skip_all => 'no busybox-static here' if !-x $busybox;

subtest 'below 5 MB' => sub {
	my $tcpsvd = "$dir/usr/bin/tcpsvd";
	my $root = '/tmp/small';

	plan skip_all => 'no tcpsvd here' if !-x $tcpsvd;
	make_root($root);
	take($root, $tcpsvd, '/bin/tcpsvd');
	my $size = kilobytes($root) - kilobytes("$root/srv");
	note "$size KB:\n", qx(cd $root && find . -type f -size +1k -exec ls -l {} +);
	cmp_ok($size, '<', 5 * 1024, "$size KB in all");
	my $server = start($root, 'chroot', $root,
	    qw(/bin/tcpsvd -l localhost -u inftpd:inftpd 0.0.0.0 21), program());
	serves($root);
	Inftpd::System::stop($server);
};

subtest 'the listener needs no super-server' => sub {
	my $root = '/tmp/less';

	make_root($root);
	note kilobytes($root) - kilobytes("$root/srv"), ' KB';
	my $server = start($root, 'chroot', $root, program(), '--listen');
	my $c = eval { dial() };
	ok($c, 'a client is greeted') or diag $@, read_file('/tmp/said');
	$c->login('anonymous');
	is(($c->retr('file'))[0], "served\n" x 10000, 'and served');
	$c->quit;
	Inftpd::System::stop($server);
};

subtest 'init and xinetd' => sub {
	my $root = '/tmp/init';
	my $xinetd = '/usr/sbin/xinetd';

	plan skip_all => 'no xinetd here' if !-x $xinetd;
	make_root($root);
	take($root, $xinetd);
	symlink '../bin/busybox', "$root/sbin/init"
	    if make_path("$root/sbin", "$root/etc/xinetd.d", "$root/proc") || 1;
	write_file("$root/etc/services", "ftp 21/tcp\n");
	write_file("$root/etc/protocols", "tcp 6 TCP\n");
	write_file("$root/etc/xinetd.conf", "includedir /etc/xinetd.d\n");
	write_file("$root/etc/xinetd.d/inftpd",
	    read_file(xinetd_entry()) =~ s/(disable\s*=\s*)yes/$1no/r);
	# What tmpfiles.d is elsewhere.
	write_file("$root/etc/rcS", "#!/bin/sh\n" .
	    "mkdir -p /run/inftpd/sessions\nchown inftpd /run/inftpd/sessions\n");
	chmod 0755, "$root/etc/rcS";
	write_file("$root/etc/inittab", "::sysinit:/etc/rcS\n" .
	    "::respawn:$xinetd -dontfork -filelog /tmp/xinetd.log\n" .
	    "::shutdown:/bin/busybox sync\n");
	write_file("$root/etc/inftpd/inftpd.conf",
	    "anonymous_enable=YES\nmax_per_ip=1\n");
	my $init = start($root, qw(unshare --pid --fork --kill-child chroot),
	    $root, '/sbin/init');
	serves($root);
	my $c = dial();
	my $second = IO::Socket::IP->new(PeerHost => '127.0.0.1',
	    PeerPort => 21, Type => Socket::SOCK_STREAM);
	like(scalar(<$second>), qr/^421 .*from your address/,
	    'sessions are counted in the place that rcS made');
	$c->quit;
	kill 'KILL', $init; # unshare hears no other
	Inftpd::System::stop($init);
};

done_testing;
